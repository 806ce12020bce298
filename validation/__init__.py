"""Does it agree with what was measured and published?"""
