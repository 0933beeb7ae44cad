"""Repeat a draw of Qingyuan with nothing but Python:  python verify_draw.py bundle.json   (algorithm: docs/draw.md)"""
import hashlib, itertools, json, sys  # noqa: E401, I001
with open(sys.argv[1], encoding="utf-8") as file:
    bundle = json.load(file)
pool, value = bundle["commitment"], bundle["beacon"]["value"]
digest = hashlib.sha256(json.dumps(pool, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
seed = hashlib.sha256("\n".join([pool["algorithm"], digest, pool["nonce"], value]).encode()).digest()
def numbers(label, counter=0):
    while True:
        yield int.from_bytes(hashlib.sha256(seed + label.encode() + counter.to_bytes(8, "big")).digest()[:8], "big")
        counter += 1
def pick(stream, rows):
    total = sum(weight for _, weight in rows)
    number = next(n for n in stream if n < 2**64 - 2**64 % total) % total
    return next(key for (key, _), top in zip(rows, itertools.accumulate(w for _, w in rows)) if number < top)  # noqa: B905
load, result = {row["id"]: 0 for row in pool["officers"]}, []
for stratum in sorted(pool["strata"]):
    stream, left = numbers("objects/" + stratum), [(o["id"], o["weight"]) for o in pool["objects"] if o["stratum"] == stratum and o["weight"]]
    for _ in range(pool["strata"][stratum]["quota"]):
        key = pick(stream, left)
        left = [row for row in left if row[0] != key]
        people, team = numbers("officers/" + key), []
        for _ in range(pool["team"]):
            free = [o for o in load if [o, key] not in pool["recusals"] and o not in team]
            team.append(pick(people, [(o, 1) for o in free if load[o] == min(load[f] for f in free)]))
        load.update({o: load[o] + 1 for o in team})
        result.append({"order": len(result) + 1, "object": key, "stratum": stratum, "officers": team})
good = digest == bundle["digest"] and result == bundle["result"]
sys.exit(print("digest", digest, "holds: the draw is what it says" if good else "DOES NOT HOLD") or not good)
