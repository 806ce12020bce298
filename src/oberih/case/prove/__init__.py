"""What is kept in the record, and can anyone check it?"""
