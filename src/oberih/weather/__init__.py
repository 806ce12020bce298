"""What does the air do?"""
