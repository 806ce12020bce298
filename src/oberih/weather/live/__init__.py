"""What will the air do, asked of those who compute it?"""
