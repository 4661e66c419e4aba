#!/usr/bin/env node
/**
 * Checks an exported audit bundle without us: plain Node (20 or newer), no packages, no network.
 *
 *   node verify-audit.mjs BUNDLE [--key VERIFIER_KEY]... [--checkpoint FILE]...
 *
 * BUNDLE      audit.jsonl, the ZIP as it was downloaded, or the folder it was unpacked to
 * --key       a public key you have from the log's owner by another way than this bundle, or a file with such keys, one a line
 * --checkpoint  a checkpoint (or a bundle) you kept from earlier: is this log the same one, gone on?
 *
 * Exit code 0: everything agrees. 1: something does not, and is named. 2: it was asked wrongly.
 */
import { createHash, createPublicKey, verify } from 'node:crypto'
import { closeSync, createReadStream, existsSync, openSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createInflateRaw } from 'node:zlib'

const FORMAT = 'control-tower-audit/1'
const NAMED_MAX = 100
/** What the records are held against: all of it stands before the first of them. */
const HEAD = ['bundle', 'key', 'checkpoint', 'consistency']

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
/** RFC 6962: leaves are hashed behind a zero byte, nodes behind a one. */
export const leafHash = (content) => sha256(Buffer.of(0), content)
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right)
const half = (n) => Math.floor(n / 2)
const isOdd = (n) => n % 2 === 1

/** RFC 8785: the one form of a JSON value. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return atom(value)
  const keys = Object.keys(value).sort((a, b) => (a < b ? -1 : 1))
  return `{${keys.map((key) => `${atom(key)}:${canonical(value[key])}`).join(',')}}`
}

/** Half of a surrogate pair is no character; what is no number JSON cannot say. */
function atom(value) {
  const isHalf = typeof value === 'string' && /\p{Surrogate}/u.test(value)
  if (isHalf || value === undefined || (typeof value === 'number' && !Number.isFinite(value)))
    throw new TypeError('there is no canonical form of this')
  return JSON.stringify(value)
}

/** The tree as its leaves come: only the roots of its whole parts are kept. */
export class Tree {
  size = 0
  parts = []
  add(leaf) {
    let hash = leaf
    for (let n = this.size; isOdd(n); n = half(n)) hash = nodeHash(this.parts.pop(), hash)
    this.parts.push(hash)
    this.size += 1
  }
  root() {
    return this.size === 0 ? sha256() : this.parts.reduceRight((right, left) => nodeHash(left, right))
  }
}

/** RFC 9162, 2.1.3.2. */
export function isIncluded(index, size, leaf, proof, root) {
  if (index >= size) return false
  let [at, last, hash] = [index, size - 1, leaf]
  for (const sibling of proof) {
    if (last === 0) return false
    if (isOdd(at) || at === last) {
      hash = nodeHash(sibling, hash)
      while (!isOdd(at) && at !== 0) [at, last] = [half(at), half(last)]
    } else hash = nodeHash(hash, sibling)
    ;[at, last] = [half(at), half(last)]
  }
  return last === 0 && hash.equals(root)
}

/** RFC 9162, 2.1.4.2. */
export function isConsistent(older, olderRoot, size, root, proof) {
  if (older > size) return false
  if (older === size) return proof.length === 0 && olderRoot.equals(root)
  if (older === 0) return proof.length === 0 && olderRoot.equals(sha256())
  const isWhole = Number.isInteger(Math.log2(older))
  const [first, ...rest] = isWhole ? [olderRoot, ...proof] : proof
  if (!first) return false
  let [at, last] = [older - 1, size - 1]
  while (isOdd(at)) [at, last] = [half(at), half(last)]
  let [before, now] = [first, first]
  for (const hash of rest) {
    if (last === 0) return false
    if (isOdd(at) || at === last) {
      before = nodeHash(hash, before)
      now = nodeHash(hash, now)
      while (!isOdd(at) && at !== 0) [at, last] = [half(at), half(last)]
    } else now = nodeHash(now, hash)
    ;[at, last] = [half(at), half(last)]
  }
  return last === 0 && before.equals(olderRoot) && now.equals(root)
}

/** A signed note of C2SP tlog-checkpoint; null for any other text. */
export function readNote(text) {
  const end = text.indexOf('\n\n')
  const [origin, size = '', root = '', ...others] = text.slice(0, Math.max(end, 0)).split('\n')
  if (end === -1 || !origin || !/^(0|[1-9]\d{0,15})$/.test(size) || !/^[A-Za-z0-9+/]{43}=$/.test(root)) return null
  const signatures = text
    .slice(end + 2)
    .split('\n')
    .flatMap((line) => {
      const [, name, signed] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? []
      const bytes = Buffer.from(signed ?? '', 'base64')
      return bytes.length === 68 && bytes.toString('base64') === signed
        ? [{ name, id: bytes.subarray(0, 4).toString('hex'), bytes: bytes.subarray(4) }]
        : []
    })
  const signedAt = others.find((line) => line.startsWith('signed-at '))?.slice(10) ?? 'a time it does not say'
  return { body: text.slice(0, end + 1), origin, size: Number(size), root: Buffer.from(root, 'base64'), signedAt, signatures }
}

/** name+id+key, where the id must be the key's own; null for any other text. */
export function readKey(text) {
  const [, name, id, key] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text.trim()) ?? []
  const bytes = Buffer.from(key ?? '', 'base64')
  if (bytes.length !== 33 || bytes[0] !== 1 || sha256(`${name}\n`, bytes).subarray(0, 4).toString('hex') !== id) return null
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes.subarray(1)])
  return { name, id, publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }) }
}

/** The key among these that signed the note, or the reason why none did. */
export function signerOf(note, keys) {
  for (const { name, id, bytes } of note.signatures) {
    const key = keys.find((known) => known.name === name && known.id === id)
    if (key && name === note.origin) {
      return verify(null, Buffer.from(note.body), key.publicKey, bytes) ? { key } : { fault: `its signature by ${id} is wrong` }
    }
  }
  return {
    fault: `it is signed by ${note.signatures.map(({ id }) => id).join(', ') || 'nobody'}, not by ${keys.map(({ id }) => id).join(', ')}`,
  }
}

/** Goes through a bundle once, whatever its size. `keys` and `checkpoints` are what the auditor brings. */
export async function verifyBundle(chunks, { keys = [], checkpoints = [] } = {}) {
  const report = { faults: [], proved: [], notes: [], records: 0 }
  const fault = (text) => report.faults.push(text)
  const older = checkpoints.map((given) => ({ ...given, root: null }))
  const [tree, digest, seen, own, proofs, met] = [new Tree(), createHash('sha256'), new Set(), [], new Map(), new Set()]
  let [header, end, note, lineNumber, uncovered, expected] = [null, null, null, 0, 0, 0]

  for await (const bytes of linesOf(chunks)) {
    lineNumber += 1
    const where = note && header?.whole ? `line ${lineNumber} (leaf ${expected} belongs here)` : `line ${lineNumber}`
    if (end) fault(`${where} comes after the end`)
    const line = parsed(bytes)
    // A name that is there twice would be one thing to this script and another to the next reader.
    if (line && JSON.stringify(line) !== bytes.toString()) fault(`${where} is not written as a bundle is: it was changed`)
    if (line?.type === 'end') {
      end = line
      continue
    }
    digest.update(bytes).update('\n')
    if (!line) fault(`${where} cannot be read: it was changed`)
    else if (isMisplaced(line.type)) fault(`${where}: '${line.type}' has its place elsewhere, and once: it was changed`)
    else if (line.type === 'bundle') header = line
    else if (line.type === 'key' && readKey(`${line.verifier}`)) own.push(readKey(line.verifier))
    else if (line.type === 'checkpoint') note = readNote(`${line.note}`)
    else if (line.type === 'consistency') proofs.set(line.from, hashesOf(line.hashes))
    else if (line.type === 'event') checkRecord(line, where)
    else fault(`${where} is nothing known: it was changed`)
  }
  if (header?.format !== FORMAT) fault(`This is no bundle of the form ${FORMAT}, or its first line was changed`)
  checkEnd()
  checkSignature()
  checkOlder()
  return report

  /** Else records could be held against one checkpoint, or as one kind of bundle, and the signature against another. */
  function isMisplaced(type) {
    const isAgain = ['bundle', 'checkpoint'].includes(type) && met.has(type)
    const isLate = HEAD.includes(type) && met.has('event')
    met.add(type)
    return isAgain || isLate || (type === 'bundle') !== (lineNumber === 1)
  }

  function checkRecord({ type: _, leaf, hash, event, proof, ...more }, where) {
    report.records += 1
    const name = `${leaf === null ? where : `leaf ${leaf}`}${nameOf(event)}`
    if (!isCanonical(event)) fault(`${name}: the record was changed: it is not in canonical form`)
    for (const field of Object.keys(more)) fault(`${name}: ${field} is no part of a record: it was put in`)
    if (leaf !== null && !(Number.isSafeInteger(leaf) && leaf >= 0)) return fault(`${where} is of no leaf: it was changed`)
    if (leaf === null || !note || leaf >= note.size) {
      uncovered += 1
      return
    }
    const found = leafHash(Buffer.from(`${event}`))
    if (found.toString('hex') !== hash)
      fault(`${name}: the record or its hash was changed: ${found.toString('hex')} is not ${hash}`)
    if (seen.has(leaf)) fault(`${name}: this leaf is there twice`)
    seen.add(leaf)
    if (!header?.whole) {
      if (!isIncluded(leaf, note.size, found, hashesOf(proof), note.root))
        fault(`${name}: its proof does not lead to the signed root`)
      return
    }
    if (leaf < expected) fault(`${name}: out of its order, after leaf ${expected - 1}`)
    if (leaf > expected) fault(`${spanWords(expected, leaf - 1)} missing, before ${name}`)
    expected = leaf + 1
    tree.add(found)
    for (const one of older) if (one.note.size === tree.size) one.root = tree.root()
  }

  function checkEnd() {
    if (!end) return fault('The bundle ends too early: its last line is missing')
    if (end.leaves !== spanText(seen)) {
      const named = new Set(spansOf(end.leaves, note?.size ?? 0))
      const lost = header?.whole ? [] : [...named].filter((leaf) => !seen.has(leaf))
      for (const leaf of lost) fault(`leaf ${leaf} is missing: the bundle says that it holds it`)
      for (const leaf of seen) if (!named.has(leaf)) fault(`leaf ${leaf} is here, and the bundle does not say that it holds it`)
      fault('The last line does not list the leaves that are here')
    }
    if (end.records !== report.records) fault(`The bundle says it holds ${end.records} records; there are ${report.records}`)
    if (end.sha256 !== digest.digest('hex')) fault('The bundle is not byte for byte what was exported')
  }

  function checkSignature() {
    if (!note) return fault('There is no checkpoint in the bundle, or it was changed: nothing ties these records to a signature')
    if (note.origin !== header?.origin) fault(`The checkpoint is of the log ${note.origin}, the bundle of ${header?.origin}`)
    if (header?.whole) {
      if (expected < note.size)
        fault(`${spanWords(expected, note.size - 1)} missing at the end: the checkpoint counts ${note.size}`)
      if (!tree.root().equals(note.root)) fault('The root of these records is not the one that was signed')
      else
        report.proved.push(`All ${note.size} leaves are here, and their root is the signed one: ${note.root.toString('base64')}`)
    } else report.proved.push(`Each of ${seen.size} records is in the log of ${note.size} leaves (proofs of inclusion)`)
    const given = signerOf(note, keys.length > 0 ? keys : own)
    if (given.fault) fault(`The checkpoint of ${note.size} leaves: ${given.fault}`)
    else if (keys.length > 0)
      report.proved.push(`The checkpoint of ${note.signedAt} is signed by ${given.key.id}, a key you passed`)
    else
      report.notes.push(
        `NOT proved: who signed. The signature fits key ${given.key.id}, but that key came with the bundle: whoever made up a bundle would put their own key in. Pass the one you have from the log's owner with --key.`,
      )
    if (!header?.whole)
      report.notes.push(
        'NOT proved: that nothing was left out. These are the records of a filter; only the whole log shows that it is whole.',
      )
    if (uncovered > 0)
      report.notes.push(
        `NOT proved: ${uncovered} records are newer than the checkpoint, by what they say of themselves. The next export covers them if they are.`,
      )
  }

  function checkOlder() {
    if (older.length === 0)
      report.notes.push(
        'NOT proved: that history was not rewritten. Keep this checkpoint, and pass it next time with --checkpoint.',
      )
    for (const { name, note: kept, root } of older) {
      const signer = keys.length > 0 ? signerOf(kept, keys) : {}
      if (signer.fault) fault(`${name}: ${signer.fault}`)
      if (!note) continue
      if (kept.origin !== note.origin) fault(`${name} is of another log: ${kept.origin}`)
      else if (kept.size > note.size)
        fault(`${name} counts ${kept.size} leaves, this log only ${note.size}: ${spanWords(note.size, kept.size - 1)} cut off`)
      else if (!header?.whole && kept.size < note.size && kept.size > 0 && !proofs.has(kept.size))
        fault(
          `${name}: this bundle has no proof from ${kept.size} leaves on. Export the whole log, or name ${kept.size} when exporting`,
        )
      else if (!goesOn(kept, root))
        fault(`${name}: the first ${kept.size} leaves are not those that were signed then: history was rewritten`)
      else report.proved.push(`The ${kept.size} leaves of ${name} are still the first of this log`)
    }
  }

  function goesOn(kept, root) {
    if (header?.whole && kept.size > 0) return root?.equals(kept.root) ?? false
    return isConsistent(kept.size, kept.root, note.size, note.root, proofs.get(kept.size) ?? [])
  }
}

function parsed(bytes) {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}

function isCanonical(text) {
  try {
    return canonical(JSON.parse(text)) === text
  } catch {
    return false
  }
}

function nameOf(event) {
  const facts = parsed(Buffer.from(`${event}`))
  return facts ? ` (event ${facts.eventId}, ${facts.action}, ${facts.objectType} ${facts.objectId})` : ''
}

/** A hash has one spelling; any other comes out as none, and proves nothing. */
const hashesOf = (list) => (Array.isArray(list) ? list.map(hashOf) : [])
function hashOf(text) {
  const bytes = Buffer.from(`${text}`, 'base64')
  return bytes.toString('base64') === text ? bytes : Buffer.alloc(0)
}
const spanWords = (from, to) => (from === to ? `leaf ${from} is` : `leaves ${from} to ${to} are`)

/** '0-3,7' as numbers, none of them past the end of the log. */
function* spansOf(text, size) {
  for (const [, from, to = from] of `${text}`.matchAll(/(\d+)(?:-(\d+))?/g))
    for (let n = Number(from); n <= Number(to) && n < size; n++) yield n
}

function spanText(leaves) {
  const spans = []
  for (const leaf of leaves) {
    const last = spans.at(-1)
    if (last && last[1] === leaf - 1) last[1] = leaf
    else spans.push([leaf, leaf])
  }
  return spans.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',')
}

async function* linesOf(chunks) {
  let rest = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk])
    let from = 0
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, from)) {
      yield bytes.subarray(from, at)
      from = at + 1
    }
    rest = bytes.subarray(from)
  }
  if (rest.length > 0) yield rest
}

/** The bytes of audit.jsonl, wherever it lies. */
export function openBundle(path) {
  if (statSync(path).isDirectory()) return createReadStream(join(path, 'audit.jsonl'))
  const file = openSync(path, 'r')
  const { size } = statSync(path)
  const read = (at, length) => {
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, readSync(file, bytes, 0, length, at))
  }
  try {
    if (read(0, 2).toString() !== 'PK') return createReadStream(path)
    const tail = read(Math.max(0, size - 65_557), Math.min(size, 65_557))
    const last = tail.lastIndexOf(Buffer.from('PK\x05\x06'))
    const directory = read(tail.readUInt32LE(last + 16), tail.readUInt32LE(last + 12))
    const found = []
    for (let at = 0; at + 46 <= directory.length; ) {
      const [method, packed, nameLength, start] = [
        directory.readUInt16LE(at + 10),
        directory.readUInt32LE(at + 20),
        directory.readUInt16LE(at + 28),
        directory.readUInt32LE(at + 42),
      ]
      if (directory.subarray(at + 46, at + 46 + nameLength).toString() === 'audit.jsonl') {
        const local = read(start, 30)
        const from = start + 30 + local.readUInt16LE(26) + local.readUInt16LE(28)
        found.push({ from, packed, method })
      }
      at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
    }
    if (found.length !== 1) throw new Error(`the ZIP holds ${found.length} files audit.jsonl, not one: it was changed`)
    const [{ from, packed, method }] = found
    const raw = createReadStream(path, { start: from, end: from + packed - 1 })
    return method === 0 ? raw : raw.pipe(createInflateRaw())
  } finally {
    closeSync(file)
  }
}

/** A checkpoint file, or the checkpoint inside a bundle that was kept. */
async function readCheckpoint(path) {
  const note = readNote(readFileSync(path, 'utf8'))
  if (note) return { name: path, note }
  for await (const bytes of linesOf(openBundle(path))) {
    const line = parsed(bytes)
    if (line?.type === 'checkpoint')
      return { name: path, note: readNote(`${line.note}`) ?? refuse(`${path} holds no checkpoint`) }
  }
  return refuse(`${path} holds no checkpoint`)
}

function readKeys(given) {
  const lines = existsSync(given) ? readFileSync(given, 'utf8').split('\n') : [given]
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => readKey(line.trim().split(' ')[0]) ?? refuse(`no verifier key: ${line}`))
}

function refuse(text) {
  throw Object.assign(new Error(text), { isUsage: true })
}

async function main() {
  const options = {
    key: { type: 'string', multiple: true, default: [] },
    checkpoint: { type: 'string', multiple: true, default: [] },
  }
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  if (positionals.length !== 1) refuse('node verify-audit.mjs BUNDLE [--key VERIFIER_KEY]... [--checkpoint FILE]...')
  const keys = values.key.flatMap(readKeys)
  const checkpoints = await Promise.all(values.checkpoint.map(readCheckpoint))
  const { faults, proved, notes, records } = await verifyBundle(openBundle(positionals[0]), { keys, checkpoints })
  const say = (text) => process.stdout.write(`${text}\n`)
  say(`${records} records read from ${positionals[0]}`)
  for (const text of faults.slice(0, NAMED_MAX)) say(`✘ ${text}`)
  if (faults.length > NAMED_MAX) say(`✘ and ${faults.length - NAMED_MAX} more`)
  for (const text of proved) say(`${faults.length === 0 ? '✔' : '·'} ${text}`)
  for (const text of notes) say(`– ${text}`)
  return faults.length === 0 ? 0 : 1
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main().then(
    (code) => {
      process.exitCode = code
    },
    (error) => {
      process.stdout.write(`✘ ${error.message}\n`)
      process.exitCode = error.isUsage || /^ERR_PARSE_ARGS|ENOENT/.test(error.code ?? '') ? 2 : 1
    },
  )
}
