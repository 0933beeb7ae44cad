"""The docket: what is in the file of a case, and how it got there.

    writing/    facts → documents (pure)
    models      Docket, EvidenceItem, Document, NumberSeries, ServiceRecord, Extract
    actions     open_docket · take_evidence · issue · serve · next_number · reserve_numbers · void_number …
    queries     how screens and later rooms read it
    door        freezes a sealed extract of telemetry: a case sees only that, never the live lake
    volume      one PDF with outline and page index, and a bundle that a machine can check
"""
