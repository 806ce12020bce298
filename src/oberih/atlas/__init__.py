"""Where would it go, whatever it is and whenever it leaves?

An atlas holds, for every hour of weather, where one becquerel would go.  The room in
reading order: `layout` (what is in the store), `store` (opening, writing a block, checking),
`build` (filling it), `schedule` (who does the work), `packed` (in memory, only what is
touched), `superpose` (arithmetic on it).
"""
