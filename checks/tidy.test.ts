import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const ROOMS = ['app', 'server', 'db', 'jobs', 'e2e', 'bench', 'chaos', 'checks']
const LINES_MAX = 300

/** The top level is what a newcomer sees first: each thing there has a reason. */
const TOP: Readonly<Record<string, string>> = {
  'README.md': 'what it is',
  'CONTRIBUTING.md': 'how a change is made',
  'CHANGELOG.md': 'what changed, for its users',
  LICENSE: 'what others may do with it',
  NOTICE: 'whose work is in it',
  docs: 'what is worth reading',
  app: 'the screens',
  server: 'what can be done',
  db: 'what is kept',
  jobs: 'the door of time',
  e2e: 'what a person sees',
  bench: 'measurements',
  chaos: 'what it must survive',
  checks: 'what keeps the house',
  deploy: 'how it is run elsewhere',
  '.ci': 'what CI runs',
  '.gitignore': 'git looks for it here',
  'package.json': 'npm looks for it here',
  'package-lock.json': 'npm looks for it here',
  'tsconfig.json': 'editors look for it here',
  'biome.json': 'editors look for it here',
  'vite.config.ts': 'Remix looks for it here',
  'vitest.config.ts': 'editors look for it here',
  'drizzle.config.ts': 'drizzle-kit looks for it here',
}
const NOT_OURS = ['.git', 'node_modules', 'build', '.data', 'test-results', 'playwright-report', '.env']

/** Files longer than LINES_MAX lines, and why they stay in one piece. */
const LONG: Readonly<Record<string, string>> = {
  'app/paths.ts': 'every address, in one place',
  'server/domain/errors.ts': 'every failure and refusal in its words, in one list',
  'server/cli/commands.ts': 'the list of commands, each a few lines',
  'server/platform/audit-log/verify-audit.mjs': 'an auditor reads it and runs it as one file, without us',
  'server/services/evidence-pack/recompute.mjs': 'an auditor reads it and runs it as one file, without us',
  'server/connectors/http-json/http-json.test.ts': 'one server that misbehaves in many ways',
  'server/services/perform.test.ts': 'who may do what: every command by the door people really use',
  'server/services/reads/screens.test.ts': 'what each screen promises, on one small world',
  'server/services/recover-runs.test.ts': 'workers that die in many ways, by the same few helpers',
  'app/styles/controls.css': 'every control in all its states',
  'app/styles/shell.css': 'the frame around every screen',
}

/** Where else than for ids and counts a text becomes a number or a number is rounded, and why no amount can pass there. */
const NUMBERS: Readonly<Record<string, string>> = {
  'server/platform/xlsx-cell.ts':
    'amounts of at most fifteen digits, which a spreadsheet keeps as they are; all others stay text',
  'app/components/period-label.tsx': 'the number of a month',
  'app/routes/_console/words.ts': 'sizes of files',
  'app/routes/_console.runs_.$runId/touched-slices.tsx': 'yes before no',
  'app/routes/_console.runs_.$runId/slice-totals.tsx': 'yes before no',
  'app/ui/axis.ts': 'heights of a picture; what is written comes from the text',
  'app/ui/time.tsx': 'months and seconds',
  'db/queries/artifacts.ts': 'places in a file',
  'db/queries/totals.ts': 'counts of rows',
  'server/cli/doctor.ts': 'gigabytes of disk',
  'server/connectors/http-address.ts': 'the prefix of a network, seconds to wait',
  'server/connectors/http-json/paging.ts': 'offsets and counts of records',
  'server/connectors/simulator/ledger-simulator.ts': 'offsets and sizes of pages',
  'server/connectors/simulator/simulated-page.ts': 'offsets and sizes of pages',
  'server/connectors/simulator/main.ts': 'options: a port, a seed, counts',
  'server/domain/money.ts': 'what part of a whole an amount is: a ratio and no amount',
  'server/domain/bank-exceptions.ts': 'statement numbers',
  'server/domain/currency.ts': 'the number of minor digits, from our own table',
  'server/formats/bank/bai2-reader.ts': 'how many pairs follow a funds type',
  'server/formats/bank/camt-reader.ts': 'numbers of statements and pages',
  'server/formats/bank/mt940-reader.ts': 'numbers of statements and pages, and a year',
  'server/formats/xlsx-number.ts': 'the serial number of a date',
  'server/platform/audit-log/verify-audit.mjs': 'sizes and places of a tree',
  'server/roles/run.ts': 'seconds of a build',
  'server/services/observe.ts': 'a metric is a double; nothing is decided by it',
  'server/roles/steps.ts': 'seconds of a step',
}
/** What the database counts or numbers comes as text, because it could be larger than a double holds exactly. */
const IDS_AND_COUNTS = /\bNumber\((\w|[.?!()[\]-])*([cC]ount|Id|_id|\.n)\)/g
const NUMBER_MAKERS = /\bparseFloat\b|(?<![\w.])Number\(|\.toFixed\(|\.toPrecision\(/

const sources = ROOMS.flatMap((room) => filesOf(join(ROOT, room)).map((file) => relative(ROOT, file)))
const code = sources.filter((file) => /\.(ts|tsx|mjs|css)$/.test(file))
const shipped = code.filter((file) => /^(app|server|db|jobs)\//.test(file) && !/\.test\.tsx?$|\/testing(\/|\.ts$)/.test(file))
const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8')

test('the top level holds few things, each with a reason', () => {
  const strange = readdirSync(ROOT).filter((name) => !(name in TOP) && !NOT_OURS.includes(name))
  expect(strange).toEqual([])
})

test(`no file is longer than ${LINES_MAX} lines without a reason, and no reason outlives its file`, () => {
  const long = code.filter((file) => textOf(file).split('\n').length - 1 > LINES_MAX)
  expect(long.sort()).toEqual(Object.keys(LONG).sort())
})

test('files are named in kebab-case', () => {
  // Folders of app/routes are addresses, written as Remix reads them.
  const names = sources
    .filter((file) => !file.startsWith('app/routes/') && !file.startsWith('db/migrations/'))
    .map((file) => basename(file))
  expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)+$/.test(name))).toEqual([])
})

test('no amount becomes a floating-point number', () => {
  const makers = shipped.filter((file) => NUMBER_MAKERS.test(textOf(file).replace(IDS_AND_COUNTS, '')))
  expect(makers.sort()).toEqual(Object.keys(NUMBERS).sort())
})

test('SQL is written in db/ only', () => {
  const outside = shipped.filter((file) => !file.startsWith('db/') && /\$client\b|\bsql(<[^`]*>)?`/.test(textOf(file)))
  expect(outside).toEqual([])
})

test('no text names a folder of the machine it was written on', () => {
  const documents = [...sources, ...markdown()].filter(
    (file) => file !== 'checks/tidy.test.ts' && /\.(ts|tsx|mjs|css|sql|yaml|md|json)$/.test(file),
  )
  expect(documents.filter((file) => /(?<![\w.])\/(home|root|Users|work)\/\w/.test(textOf(file)))).toEqual([])
})

test('every link of the documents leads to a file that is there', () => {
  const broken = markdown().flatMap((file) =>
    linksOf(textOf(file))
      .filter((link) => !existsSync(join(ROOT, dirname(file), link)))
      .map((link) => `${file}: ${link}`),
  )
  expect(broken).toEqual([])
})

test('links are found: plain, with a heading, as an image; addresses and code are none', () => {
  const text =
    '[a](one.md) [b](<two words.md#part>) ![c](../three.png "title")\n[d](https://x.test) [e](#here)\n```\n[f](four.md)\n```\n[g]: five.md\n`[h](six.md)`'
  expect(linksOf(text)).toEqual(['one.md', 'two words.md', '../three.png', 'five.md'])
})

function markdown(): string[] {
  const top = readdirSync(ROOT).filter((name) => name.endsWith('.md'))
  const rooms = [...ROOMS, 'docs', 'deploy'].filter((room) => existsSync(join(ROOT, room)))
  const inside = rooms.flatMap((room) => filesOf(join(ROOT, room))).filter((file) => file.endsWith('.md'))
  return [...top, ...inside.map((file) => relative(ROOT, file))]
}

function linksOf(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '')
  const inline = [...prose.matchAll(/\]\((?:<([^>]+)>|([^)\s]+))[^)]*\)/g)].map((match) => match[1] ?? match[2]!)
  const listed = [...prose.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)].map((match) => match[1]!)
  return [...inline, ...listed]
    .filter((link) => !/^([a-z]+:|#)/.test(link))
    .map((link) => decodeURI(link.split('#')[0]!))
    .filter((link) => link !== '')
}

function filesOf(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesOf(path) : [path]
  })
}
