"""How fast, how large, how soon?  Figures are run, not quoted: each module measures one of them."""
