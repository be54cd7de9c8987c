#!/usr/bin/env python3
"""Verify an exported processing log, offline:  python3 verify_journal.py FILE KEY [KEY ...]

Needs Python 3.9 or later and nothing else. FILE: an export in any form. KEY: a public key, or a file that holds it.
"""

import base64, hashlib, html, json, pathlib, re, sys, zipfile

FIELDS = (
    "version entryId controller year at recordedAt actorId agencyId role mandateId actingFor action outcome rule"
    " legalBasis reason caseId subjectId objectType objectId processing channel recipients traceId relatedTraceId breakGlass"
).split()
FORMS = {b"tree,": "csv", b'{"typ': "jsonl", b'{"pro': "logboek", b'{"res': "fhir", b"part ": "xlsx"}
PROOF = '<row ht="15">'
SAID = {"csv": "# %\r\n", "logboek": '{"proof":%}\n', "xlsx": PROOF + "%</row>\n"}
CELLS = re.compile(r'<c(?:/>|(?: s="2")?(?: t="inlineStr")?>(?:<is><t>([^<]*)</t></is>|<v>([0-9]+)</v>)</c>)')

Wrong = type("Wrong", (Exception,), {"__doc__": "The file does not hold; the text says what and where."})
sha = lambda *parts: hashlib.sha256(b"".join(parts)).digest()
b64 = lambda data: base64.b64encode(data).decode()
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def raw(text):
    if b64(base64.b64decode(text)) != text:
        raise ValueError("not base64 as an export spells it")
    return base64.b64decode(text)


def signed(key, text, signature):  # Ed25519: RFC 8032, section 5.1.7
    def add(a, b):
        c, d = 2 * a[3] * b[3] * D, 2 * a[2] * b[2]
        e, f = (a[1] - a[0]) * (b[1] - b[0]), (a[1] + a[0]) * (b[1] + b[0])
        e, f, g, h = f - e, d - c, d + c, f + e
        return e * f % P, g * h % P, f * g % P, e * h % P

    def times(point, n):
        half = times(add(point, point), n >> 1) if n else (0, 1, 1, 0)
        return add(half, point) if n & 1 else half

    def point(data):
        y, sign = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
        square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
        x = pow(square, (P + 3) // 8, P)
        x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
        if y >= P or x * x % P != square or (x == 0 and sign):
            raise Wrong("a key or a signature is no point of the curve")
        x = P - x if x & 1 != sign else x
        return x, y, 1, x * y % P

    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % L
    base = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    a, b = times(base, s), add(point(signature[:32]), times(point(key), k))
    return s < L and (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def opened(note, keys, what):
    """Give the text of a signed note, the number of its signatures, and how the origins of the keys we know begin."""
    (text, _, tail), good = note.rpartition("\n\n"), []
    for line in tail.splitlines():
        name, data = line.split(" ")[1], raw(line.split(" ")[2])
        if (name, data[:4]) in keys:
            if len(data) != 68 or not signed(keys[name, data[:4]], text.encode() + b"\n", data[4:]):
                raise Wrong(f"the signature of {what} does not hold: it was changed")
            good.append(name.replace("livcr-", "livcr.", 1) + "/")
    if not good:
        raise Wrong(f"{what} is not signed by the key given")
    return text + "\n", len(tail.splitlines()), good


def spelled(found, form):
    """Give the one line by which a form says an object of the proof."""
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    if form == "xlsx":
        cells = (html.escape(text[at : at + 30000], False) for at in range(0, len(text), 30000))
        text = "".join(f'<c s="2" t="inlineStr"><is><t>{each}</t></is></c>' for each in cells)
    elif form == "fhir":
        text = f'{{"resourceType":"Binary","contentType":"application/json","data":"{b64(text.encode())}"}}'
    return SAID.get(form, "%\n").replace("%", text)


def read(line, form):
    """Give (tree, number, fields) of an entry, the object in a line of the proof, or None for what frames them."""
    if form in ("csv", "xlsx"):
        proof, cells = line.startswith(("# ", PROOF)), line.rstrip("\r\n").split(",")
        if form == "xlsx":
            cells = [html.unescape(a or b) for a, b in CELLS.findall(line)][0 if proof else 6 :]
        if proof:
            return json.loads(line[2:] if form == "csv" else "".join(cells))
        return None if "leafIndex" in cells or line[:5] == "<row " else (cells[0], int(cells[1]), cells[2:])
    found = own = json.loads(line)
    if form == "logboek":
        found = found.get("proof", found)
        own = {name.replace("livcr.", ""): value for name, value in found.get("attributes", {}).items()}
    elif form == "fhir" and found["resourceType"] == "Binary":
        found = json.loads(raw({"application/json": found["data"]}[found["contentType"]]))
    elif form == "fhir":
        own = {each["url"].rpartition(":")[2]: each["valueString"] for each in found["extension"]}
    proof = found.get("type") in ("header", "gaps", "seal")
    return found if proof else (own["tree"], int(own["leafIndex"]), [own.get(name, "") for name in FIELDS])


def lines(path):
    """Give every line of the text and where it stands; of a workbook, of its parts as they follow in the zip."""
    book = zipfile.ZipFile(path) if zipfile.is_zipfile(path) else None
    for name in book.namelist() if book else [path]:
        if book:
            yield b"part " + name.encode() + b"\n", name
        with book.open(name) if book else open(path, "rb") as part:
            yield from ((i[:5] != b"part " and i, f"{name}, line {n}") for n, i in enumerate(part, 1))


def root(tree, size, leaves, gaps):
    """Give the root over the leaves in the file and the hashes for the gaps between them."""
    stack, here, gaps = [], 0, gaps[::-1]
    for index, leaf, place in [*leaves, (size, b"", "the proof")]:
        while here < index or leaf and here == index < size:
            level, value = 0, leaf
            if here < index:
                level = min((index - here).bit_length() - 1, (here & -here).bit_length() - 1 if here else 99)
                if not gaps or gaps[-1][:2] != [level, here >> level]:
                    raise Wrong(f"{place}: leaf {here} of {tree} is missing before it, or it was inserted")
                value = raw(gaps.pop()[2])
            node, here = here >> level, here + (1 << level)
            while node & 1:
                value, node = sha(b"\1", stack.pop(), value), node >> 1
            stack.append(value)
    if gaps or here != size:
        raise Wrong(f"a gap or a leaf of {tree} is too much: a line was inserted")
    while len(stack) > 1:
        stack[-2:] = [sha(b"\1", *stack[-2:])]
    return stack[0] if stack else sha()


def verify(path, *texts):
    """Verify a file; gives a sentence, or raises Wrong."""
    keys, form, header, seal, place, last = {}, "", None, None, "the beginning", ("", -1)
    texts = [pathlib.Path(text).read_text() if pathlib.Path(text).is_file() else text for text in texts]
    for name, _, data in (each.split("+", 2) for each in " ".join(texts).split()):
        if raw(data)[0] == 1:  # a witness signs otherwise: this page leaves its key out
            keys[name, sha(name.encode(), b"\n", raw(data))[:4]] = raw(data)[1:]
    digest, marks, begun, rest, leaves, gaps = hashlib.sha256(), b"", [place], b"", {}, {}
    for line, place in lines(path):
        if seal and not (form == "xlsx" and line == b"</sheetData></worksheet>\n"):
            raise Wrong(f"{place}: the file goes on after its seal")
        form = form or FORMS.get(line[:5], "no export")
        try:
            framed = form == "no export" or seal or form == "xlsx" and not line.startswith(b"<row")
            found = None if framed else read(line.decode(), form)
            if isinstance(found, tuple):
                tree, index, values = found
                if len(values) != 26 or "/".join(values[2:4]) != tree or (tree, index) <= last:
                    raise Wrong(f"{place}: leaf {index} of {tree} is repeated, moved, inserted or changed")
                leaves.setdefault(tree, []).append((index, sha(b"\0", "\x1f".join(values).encode()), place))
                last = tree, index
            elif found:
                if spelled(found, form) != line.decode():
                    raise ValueError("another spelling")
                header, seal = header or found, found if found["type"] == "seal" else None
                gaps.setdefault(found.get("tree"), []).extend(found.get("gaps", []))
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, UnboundLocalError):
            raise Wrong(f"{place}: no line of an export; it was changed, cut or re-encoded") from None
        if not seal:
            digest.update(line)
            rest += line
            while len(rest) >= 4096:
                marks += sha(rest[:4096])[:6]
                rest = rest[4096:]
                begun.append(place)
    if not seal or not header:
        raise Wrong(f"{place}: the file ends without its seal: it is no export, or was truncated")
    marks, begun = b64(marks + sha(rest)[: 6 if rest else 0]), [*begun, place]
    pieces = [(marks[n : n + 8], seal["marks"][n : n + 8]) for n in range(0, len(marks), 8)]
    at = next((n for n, (ours, theirs) in enumerate(pieces) if ours != theirs), None)
    where = "" if at is None else f"; the first change lies between {begun[at]} and {begun[at + 1]}"
    text, signatures, _ = opened(seal["manifest"], keys, "the manifest")
    count, notes = sum(map(len, leaves.values())), "".join(each["checkpoint"] for each in seal["trees"])
    for tree, checkpoint in map(dict.values, seal["trees"]):
        said, _, origins = opened(checkpoint, keys, f"the checkpoint of {tree}")
        origin, size, wanted, *_ = said.split("\n")
        found = b64(root(tree, int(size), leaves.pop(tree, []), gaps.pop(tree, [])))
        if found != wanted or origin not in [each + tree for each in origins]:
            raise Wrong(f"an entry, a gap or the checkpoint of {tree} was changed{where}")
    chosen = json.dumps(header["filter"], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    hashes = [b64(each) for each in (digest.digest(), sha(seal["marks"].encode()), sha(notes.encode()))]
    said = ["livcr-journal-export/v1", header["exportId"], str(count), *hashes[:2], chosen, hashes[2], ""]
    whole = signatures == 1 and (seal["count"], seal["digest"]) == (count, hashes[0]) and not leaves
    if text.split("\n") != said or not whole or " ".join(seal) != "type trees count digest marks manifest":
        raise Wrong(f"something was changed, removed or added since the export{where}")
    return f"VERIFIED. {count} lines of {len(seal['trees'])} trees, as they were sealed and exported."


if __name__ == "__main__":
    try:
        print(verify(*sys.argv[1:]))
    except (Wrong, OSError, TypeError, ValueError, LookupError, zipfile.BadZipFile) as fault:
        sys.exit(f"NOT VERIFIED. {fault}")
