"""What people see.  A face asks records for rows (with the viewer in hand) and for acts; it decides nothing itself.

    desk       the officer's desk: work-list, clue, facility, inspection, case; also the frame all pages stand in
    public     what anyone may read: published decisions, verification of a document
    refusals   how "not now, and why" looks

Views are thin: queries.py with the viewer in, actions.py with ``by=`` and ``on=``, forms that read input.
"""
