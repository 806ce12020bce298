"""Can it be shown again?

Read in this order: `canonical` (one meaning, one text), `digest` (one content, one name),
`provenance` (what a product rests on), `keep` (writing so that nothing half-valid stays),
`check` (reading it back).
"""
