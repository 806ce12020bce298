"""What left?"""
