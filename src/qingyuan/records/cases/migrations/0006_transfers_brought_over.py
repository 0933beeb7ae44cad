"""Transfers of before get the state and the turn that their reply says: those that wait were handed over on their day."""

from django.db import migrations


def forward(apps, schema_editor):
    Transfer, TransferTurn = apps.get_model("cases", "Transfer"), apps.get_model("cases", "TransferTurn")
    for row in Transfer.objects.all():
        row.state = "received" if row.replied_on is None else "taken" if row.is_taken else "declined"
        row.save(update_fields=["state"])
        told = {"transfer": row, "by_id": row.by_id, "made_at": row.made_at, "moment": row.made_at, "on": row.on}
        TransferTurn.objects.create(name="note_receipt", label="移交、回执", note=row.note, **told)


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_transfers_and_laboratory")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
