"""How is it said on a terminal?"""
