"""What does it do to people?"""
