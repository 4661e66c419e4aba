#!/usr/bin/env node
/**
 * Does a reconciliation again without us: plain Node (20 or newer), no packages, no network.
 *
 *   node recompute.mjs [FOLDER] [--seal HASH]...
 *
 * FOLDER   where the pack was unpacked; this folder without it. A pack of a period holds one folder a reconciliation: all are done.
 * --seal   the hash of the seal as you know it by another way than this pack, from the audit log for instance. For a pack of a period once
 *          for each seal you know: a text with this very hash must be there, and what lies beside it must follow from it
 *
 * From lines.csv and manifest.json alone it adds up what every side has, takes the differences, adds up their parts, and holds all of it
 * against what was signed. Amounts are whole minor units (BigInt): nothing is rounded. Every hash is taken again.
 *
 * Exit code 0: everything agrees. 1: something does not, and is named. 2: it was asked wrongly.
 */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const FORMAT = 'finance-control-tower/evidence-pack/1'
const PERIOD_FORMAT = 'finance-control-tower/period-pack/1'

const { values, positionals } = asked()
const root = positionals[0] ?? '.'
let [agreed, different] = [0, 0]
/** What has the text of a seal beside it, with the hash of that text; and what has none. */
const [sealed, unsealed] = [[], []]

if (existsSync(join(root, 'index.json'))) await recomputePeriod(root)
else if (existsSync(join(root, 'manifest.json'))) await recompute(root)
else stop(`there is no manifest.json and no index.json in ${root}`)
checkKnown()
say(`\n${agreed} agree, ${different} differ.`)
for (const { title, hash } of sealed)
  if (!values.seal.includes(hash))
    say(`NOT proved: that the seal is the one that was signed, of ${title}. Its hash is in the audit log; pass it with --seal.`)
for (const title of unsealed)
  say(`NOT proved: that anybody signed ${title}. No text of a seal is here: what agrees agrees with the manifest alone.`)
process.exitCode = different > 0 ? 1 : 0

async function recomputePeriod(folder) {
  const index = readJson(folder, 'index.json', PERIOD_FORMAT)
  await checkFiles(folder, index.files, ['index.json', ...index.reconciliations.map((one) => one.folder)])
  for (const one of index.reconciliations) {
    say(`\n${one.folder}: ${one.title}, ${one.entity} ${one.period} ${one.version}, ${one.stands}`)
    await recompute(join(folder, one.folder), one)
  }
}

async function recompute(folder, listed) {
  const manifest = readJson(folder, 'manifest.json', FORMAT)
  if (!manifest) return
  const { reconciliation: of, asOfPublication } = manifest
  say(`${of.title}: ${of.entity} ${of.period} ${of.version}, as of publication ${asOfPublication}, ${manifest.stands}`)
  if (listed)
    compare(
      'it is the one the index names',
      [of.id, of.entity, of.period, manifest.stands].join(' '),
      [listed.id, listed.entity, listed.period, listed.stands].join(' '),
    )
  await checkFiles(folder, manifest.files, ['manifest.json'])
  const title = `${of.title}, ${of.entity} ${of.period} ${of.version}`
  const seal = checkSeal(folder, manifest, title)
  if (!seal) unsealed.push(title)
  const found = await addUp(folder, manifest)
  compareFigures('manifest', manifest.figures, found, manifest)
  compareParts('manifest', manifest.parts, found, manifest)
  if (seal) {
    compareFigures('seal', seal.figures, found, manifest)
    compareParts('seal', seal.parts, found, manifest)
  } else say(`  ·  ${manifest.note}`)
  checkEvidence(manifest, seal)
}

/** Every file is there, is as long as it was and says what it said; and there is no other. */
async function checkFiles(folder, files, alsoThere) {
  for (const { name, byteCount, sha256 } of files) {
    const path = join(folder, name)
    if (!isPlain(name)) differ(`${name} is no name of a file in this folder`)
    else if (!existsSync(path)) differ(`${name} is missing`)
    else compare(`${name}: bytes and hash`, `${statSync(path).size} ${await hashOf(path)}`, `${byteCount} ${sha256}`)
  }
  const known = new Set([...files.map(({ name }) => name), ...alsoThere])
  for (const name of filesIn(folder)) {
    if (!known.has(name) && !alsoThere.some((other) => name.startsWith(`${other}/`)))
      differ(`${name} is in the folder and not in the list`)
  }
}

/** The seal is what was hashed, and is about what the manifest says. */
function checkSeal(folder, manifest, title) {
  if (!manifest.seal?.file) return null
  const path = join(folder, 'seal.json')
  if (!existsSync(path)) {
    differ('seal.json is missing')
    return null
  }
  const text = readFileSync(path)
  const hash = createHash('sha256').update(text).digest('hex')
  compare('the hash of the seal', hash, manifest.seal.sha256)
  let seal
  try {
    seal = JSON.parse(text.toString('utf8'))
  } catch {
    differ('seal.json is no JSON')
    return null
  }
  sealed.push({ title, hash })
  const { id: _, ...of } = manifest.reconciliation
  compare('the seal is of this reconciliation', canonical(seal.reconciliation), canonical(of))
  compare('the seal is of this publication', String(seal.asOfPublication), String(manifest.asOfPublication))
  compare('the seal is of this definition', canonical(seal.definition), canonical(manifest.definition))
  for (const part of ['explanations', 'matches', 'signOffs', 'statement'])
    compare(`the seal has the same ${part}`, canonical(seal[part]), canonical(manifest[part]))
  return seal
}

/** A hash that is only written down holds nothing: it is taken of a text, against which the lines were held. */
function checkKnown() {
  if (values.seal.length > 0) say('')
  for (const known of values.seal) {
    const found = sealed.find(({ hash }) => hash === known)
    if (found) {
      agreed += 1
      say(`  ok  the hash of the seal, as you know it: ${found.title}`)
    } else if (sealed.length === 0)
      differ(
        `the hash of the seal, as you know it: no text of a seal is here that could have it, so these figures are held against none`,
      )
    else differ(`the hash of the seal, as you know it: no seal here has ${known}`)
  }
}

/** What every side has, by account group and currency, from lines.csv. */
async function addUp(folder, { minorDigits, definition, rows, runs }) {
  const sides = definition.body.sides.map(({ name }) => name)
  const artifacts = new Set(runs.flatMap((run) => run.artifacts.map(({ sha256 }) => sha256)))
  const [groups, counted, ids, strange] = [new Map(), {}, new Set(), new Set()]
  let head = null
  let problems = 0
  const path = join(folder, 'lines.csv')
  if (!existsSync(path)) return { groups, sides }
  for await (const cells of csvRows(path)) {
    if (!head) {
      head = cells
      continue
    }
    const line = Object.fromEntries(head.map((name, i) => [name, plain(cells[i] ?? '')]))
    const minor = minorOf(cells[head.indexOf('amount')] ?? '', minorDigits[line.currency])
    if (minor === null || !sides.includes(line.side) || cells.length !== head.length) {
      if (problems++ < 10) differ(`lines.csv: a line cannot be read: ${cells.join(',').slice(0, 120)}`)
      continue
    }
    const id = `${line.side} ${line.line_id}`
    if (ids.has(id) && problems++ < 10) differ(`lines.csv: line ${line.line_id} of ${line.side} is there twice`)
    ids.add(id)
    if (!artifacts.has(line.artifact_sha256)) strange.add(line.artifact_sha256)
    counted[line.side] = (counted[line.side] ?? 0) + 1
    const name = nameOf({ side: line.side, accountGroup: line.account_group, currency: line.currency })
    const group = groups.get(name) ?? { lines: 0, keys: new Set(), minor: 0n }
    group.lines += 1
    group.keys.add(head.flatMap((column) => (column.startsWith('key_') ? [line[column]] : [])).join('\u001f'))
    group.minor += minor
    groups.set(name, group)
  }
  for (const side of sides) compare(`lines of ${side}`, String(counted[side] ?? 0), String(rows[side] ?? 0))
  if (strange.size > 0) differ(`${strange.size} artifacts of lines are of no run that the manifest lists: ${[...strange][0]}`)
  return { groups, sides }
}

function compareFigures(source, figures, { groups }, { minorDigits }) {
  const said = new Map(figures.map((figure) => [nameOf(figure), figure]))
  for (const name of [...new Set([...said.keys(), ...groups.keys()])].sort()) {
    const [figure, own] = [said.get(name), groups.get(name)]
    const currency = JSON.parse(name)[2]
    const is = own ? `${own.lines} lines, ${own.keys.size} keys, ${own.minor}` : 'nothing'
    const was = figure
      ? `${figure.lines} lines, ${figure.keys} keys, ${minorOf(figure.amount, minorDigits[currency])}`
      : 'nothing'
    compare(`figure of ${JSON.parse(name).join(', ')}, against the ${source}`, is, was)
  }
}

/** Side minus first, by account group and currency, against the sum of the parts. */
function compareParts(source, parts, { groups, sides }, { minorDigits }) {
  const sums = new Map()
  for (const part of parts)
    sums.set(nameOf(part), (sums.get(nameOf(part)) ?? 0n) + (minorOf(part.amount, minorDigits[part.currency]) ?? 0n))
  const places = [...groups.keys(), ...sums.keys()].map((name) => JSON.parse(name))
  const cells = new Map(places.map(([, accountGroup, currency]) => [`${accountGroup} ${currency}`, { accountGroup, currency }]))
  for (const side of sides.slice(1)) {
    for (const cell of cells.values()) {
      const own = groups.get(nameOf({ side, ...cell }))?.minor ?? 0n
      const first = groups.get(nameOf({ side: sides[0], ...cell }))?.minor ?? 0n
      const sum = sums.get(nameOf({ side, ...cell })) ?? 0n
      compare(
        `difference of ${side} to ${sides[0]}, ${cell.accountGroup}, ${cell.currency}, and the parts of the ${source}`,
        String(own - first),
        String(sum),
      )
    }
  }
}

/** Each file that was sealed is in the pack. Its hash was taken with those of the other files. */
function checkEvidence({ evidence, files }, seal) {
  if (seal)
    compare(
      'the seal has the same evidence',
      canonical(seal.evidence),
      canonical(evidence.map(({ name, sha256, byteCount }) => ({ name, sha256, byteCount }))),
    )
  for (const { name, sha256, file } of evidence) {
    const packed = files.find((one) => one.name === file)
    if (!packed) differ(`EVIDENCE MISSING: ${name} was sealed and is not kept any more`)
    else compare(`evidence ${name}`, packed.sha256, sha256)
  }
}

/** Decimal text as whole minor units; null where it is no amount of the currency. */
function minorOf(text, digits) {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (!match || digits === undefined) return null
  const [, sign, whole, fraction = ''] = match
  if (/[^0]/.test(fraction.slice(digits))) return null
  const minor = BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0'))
  return sign ? -minor : minor
}

/** An apostrophe stands before text that a spreadsheet would run, and before what begins with one. */
function plain(text) {
  return text.startsWith("'") ? text.slice(1) : text
}

function nameOf({ side, accountGroup, currency }) {
  return JSON.stringify([side, accountGroup, currency])
}

/** RFC 4180. */
async function* csvRows(path) {
  let [row, cell, isQuoted, wasQuote, isEmpty] = [[], '', false, false, true]
  for await (const text of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 16 })) {
    for (const sign of text) {
      if (isQuoted) {
        if (wasQuote && sign !== '"') isQuoted = false
        else {
          if (sign === '"' && !wasQuote) wasQuote = true
          else {
            cell += sign
            wasQuote = false
          }
          continue
        }
      }
      wasQuote = false
      if (sign === '"' && cell === '') isQuoted = true
      else if (sign === ',') {
        row.push(cell)
        cell = ''
      } else if (sign === '\n') {
        yield [...row, cell.replace(/\r$/, '')]
        ;[row, cell] = [[], '']
      } else cell += sign
      isEmpty = sign === '\n'
    }
  }
  if (!isEmpty || isQuoted) yield [...row, cell]
}

async function hashOf(path) {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path)) hash.update(piece)
  return hash.digest('hex')
}

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return `{${fields
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`)
    .join(',')}}`
}

/** Nothing that would lead out of the folder. */
function isPlain(name) {
  return !name.split('/').some((part) => part === '' || part === '.' || part === '..') && !name.includes('\\')
}

function filesIn(folder, under = '') {
  return readdirSync(join(folder, under), { withFileTypes: true }).flatMap((entry) => {
    const name = under ? `${under}/${entry.name}` : entry.name
    return entry.isDirectory() ? filesIn(folder, name) : [name]
  })
}

function readJson(folder, name, format) {
  const path = join(folder, name)
  if (!existsSync(path)) {
    differ(`${path} is missing`)
    return null
  }
  try {
    const value = JSON.parse(readFileSync(path, 'utf8'))
    if (value.format === format) return value
    differ(`${path} is no ${format}`)
  } catch {
    differ(`${path} is no JSON`)
  }
  return null
}

function compare(what, is, was) {
  if (is === was) {
    agreed += 1
    say(`  ok  ${what}${/^-?\d+$/.test(is) ? `: ${is}` : ''}`)
  } else differ(`${what}: ${brief(is)}, and it should be ${brief(was)}`)
}

function brief(text) {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

function say(line) {
  process.stdout.write(`${line}\n`)
}

function differ(what) {
  different += 1
  say(`  DIFFERS  ${what}`)
}

function stop(why) {
  process.stderr.write(`${why}\n`)
  process.exit(2)
}

function asked() {
  try {
    const given = parseArgs({ options: { seal: { type: 'string', multiple: true, default: [] } }, allowPositionals: true })
    if (given.positionals.length > 1) stop('name one folder')
    return given
  } catch (error) {
    return stop(error.message)
  }
}
