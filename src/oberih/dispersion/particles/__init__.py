"""Where do particles carry a release, in fields of the air?"""
