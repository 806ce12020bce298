"""Who must do what, where?"""
