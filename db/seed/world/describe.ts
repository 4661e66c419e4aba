import type { JobDefinition } from '#server/domain/job.ts'
import { COMPANIES, ENTITIES, type CompanyCode } from './company.ts'
import { FAULTS, type PlantedFault } from './faults.ts'

/** The page docs/demonstration.md: made from what the world is made of, so that it cannot say something else. */
export function describeWorld(jobs: readonly JobDefinition[]): string {
  const ours = jobs.filter(({ system }) => system.simulated)
  return `${[
    '# The demonstration world',
    'Two companies that do not exist, their systems and what is wrong in them. All of it is simulated and made from one fixed seed: the same\nfigures on every machine. `npm start` puts it into an empty database through the services everybody uses, so its history is real history, and\nkeeps its systems running behind real HTTP; `npm run demo:reset` brings it back. This page is written by `db/seed/world/describe.ts` and a test\nkeeps it true.',
    ...(Object.keys(COMPANIES) as CompanyCode[]).flatMap((company) => companyPart(company, ours)),
    '## Periods',
    'Twelve periods each, by the calendar of the entity ([calendars.yaml](../db/seed/calendars.yaml)): ten are closed, one is soft-closed, the last is open; each\ncalendar says until when a period is posted to. Two controllers, `cara` and `carl`: what one asks to reopen the other decides. The world\nends on 20 November 2026. Versions: actual, budget and forecast. About 200,000 lines in pounds, euros, dollars and yen.',
    '## History',
    'Half a year at once when a system was connected, then as the months went by. One invoice was corrected in billing and in the ledger. A forecast\nwas published too early and rolled back. A plant sent a code nobody had mapped: its lines waited, the mapping was put right, a replay let them\nthrough. Then the periods were closed, and every system was asked as it stands today.',
    '## Targets',
    targetPart(ours),
    '## Planted faults',
    table(['fault', 'what is wrong', 'job', 'what the product must say'], FAULTS.map(faultRow)),
    'The list is [faults.ts](../db/seed/world/faults.ts). `db/seed/seed.test.ts` asserts that each is found, classed and explained as it says, and that nothing else is reported.',
  ].join('\n\n')}\n`
}

function companyPart(company: CompanyCode, jobs: readonly JobDefinition[]): string[] {
  const own = jobs.filter(({ system }) => system.code.startsWith(company))
  const systems = [...new Map(own.map(({ system }) => [system.code, system])).values()]
  return [
    `## ${COMPANIES[company]}`,
    table(
      ['entity', 'name', 'currency', 'calendar'],
      ENTITIES.filter((entity) => entity.company === company).map(({ code, name, currency, calendar }) => [
        code,
        name,
        currency,
        calendar,
      ]),
    ),
    table(
      ['system', 'how it is reached', 'jobs'],
      systems.map(({ code, name }) => {
        const ofSystem = own.filter(({ system }) => system.code === code)
        return [name, [...new Set(ofSystem.map(reached))].join('; '), ofSystem.map(({ job }) => `\`${job}\``).join(' ')]
      }),
    ),
  ]
}

/** Who is told what a job publishes. */
function targetPart(jobs: readonly JobDefinition[]): string {
  const rows = jobs.flatMap(({ job, targets = [] }) =>
    targets.map(({ type, system }) => [
      system.name,
      `\`${job}\``,
      type === 'file' ? 'a file for each publication' : 'documents over HTTP, bulk, with a rate limit',
    ]),
  )
  return `${table(['target', 'told by', 'how'], rows)}\n\nThey are told by the worker once it is up. The forecast that was rolled back was told, and its rollback after it.`
}

function reached({ source, format }: JobDefinition): string {
  if (source.type === 'folder') return `${format.type === 'camt053' ? 'camt.053' : format.type.toUpperCase()} files in a folder`
  const { style } = source.paging as { style: string }
  return `HTTP, bearer token, pages by ${style}`
}

function faultRow({ id, planted, job, expect }: PlantedFault): string[] {
  if (expect.kind === 'recovers') return [id, planted, `\`${job}\``, `recovers by itself after \`${expect.code}\`: no exception`]
  if (expect.kind === 'absorbed') return [id, planted, `\`${job}\``, `${expect.records} ${expect.figure}, no exception`]
  const said = expect.exceptions.map(({ failureClass, code, words, entities, atStake }) => {
    const amounts = Object.entries(atStake).map(([currency, amount]) => (currency ? `${amount} ${currency}` : `${amount} record`))
    const more = [...(entities.length > 0 ? [entities.join(' ')] : []), ...amounts]
    return `${failureClass.replaceAll('_', ' ')}, \`${code}\`: ${words}${more.length > 0 ? ` (${more.join(', ')})` : ''}`
  })
  return [id, planted, `\`${job}\``, said.join('; ')]
}

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
