"""From facts to paper: one structured document, typeset twice, the same bytes every time.

    kinds       the 58 kinds of law.md 4.2 as data: fields, signers, layout, sentences
    compose     kind + facts → Paper, every sentence remembering which record it came from
    typeset     Paper → PDF (the document that is issued), laid out as GB/T 9704-2012 asks
    word        Paper → DOCX (the copy people edit and paste from)

Nothing here imports Django, asks the time or opens a socket.
"""
