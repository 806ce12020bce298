"""Where would it go, whatever it is and whenever it leaves?

An atlas holds, for every hour of weather, where one becquerel would go.  The room in
reading order: `layout` (what is in the store), `seal` (is it what was written), `store` (opening,
writing a block), `build` (filling it), `alone` and `schedule` (who does the work), `dense` (on the
whole grid, for people), `packed` (in memory, only what is touched), `superpose` (arithmetic on it).
"""
