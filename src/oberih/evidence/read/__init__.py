"""What do strangers' files say, and what becomes of it in the record?

Read in this order: `row` (one row as it stands), `table` and `lines` (CSV and JSON into rows), `mapping` (which
column becomes which field), `rule` (one row into fields), `records` (a whole file into records, or none).
"""
