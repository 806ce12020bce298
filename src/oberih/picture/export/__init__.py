"""How does a designed zone leave Oberih, so that others can use it?

One noun, `ExportContent`, filled by a case; one file a format, each taking it and giving bytes.  The same content
gives the same bytes.  What every format tells of zones, sectors, places and cells comes from `rows`, so that two
formats cannot say two things.
"""
