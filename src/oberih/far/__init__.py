"""How is something asked of a machine far away, and given up in time?"""
