"""Where, who, when?"""
