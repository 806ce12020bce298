"""In which words is it said?"""
