import { readFile, writeFile } from 'node:fs/promises'
import { Option, type Command } from 'commander'
import { listProposals } from '#db/queries/mapping-screens.ts'
import { findSystem } from '#db/queries/runs.ts'
import { Refusal } from '#server/domain/errors.ts'
import { ChangeInput } from '#server/domain/mapping/change-list.ts'
import { decideMapping } from '#server/services/decide-mapping.ts'
import { proposeMapping, proposeMappings } from '#server/services/propose-mapping.ts'
import { mappingYaml, readMappingExport } from '#server/services/reads/mappings-view.ts'
import { EXIT } from './exit.ts'
import { outputOf, printJson, printLine, printTable } from './output.ts'
import { withSession, type Session } from './session.ts'

const PROPOSALS_MAX = 200

type Proposed = {
  dimension: string
  from: string
  to?: string
  validFrom?: string
  validTo?: string
  reason: string
}

/** `tower mapping`: what a system's codes mean here, proposed by one person and approved by another. */
export function addMappingCommands(program: Command): void {
  const mapping = program.command('mapping').description('mappings of systems: what their codes mean here')

  mapping
    .command('list <system>')
    .description('entries in force, and proposals that wait')
    .option('--at <version>', 'an earlier version', (text) => Number.parseInt(text, 10))
    .action((system: string, options: { at?: number }, command: Command) =>
      inSession(command, async ({ context }, { json }) => {
        const { version, entries } = await readMappingExport(context.db, system, options.at)
        const { systemId } = (await findSystem(context.db, system))!
        const drafts = (await listProposals(context.db, systemId, PROPOSALS_MAX)).filter(({ state }) => state === 'draft')
        if (json) return printJson({ system, version, entries, drafts })
        printLine(`Version ${version}`)
        printTable(entries, ['dimension', 'sourceCode', 'canonicalCode', 'effectiveFrom', 'effectiveTo'])
        if (drafts.length === 0) return
        printLine('')
        printTable(drafts, [
          'proposalId',
          'dimension',
          'sourceCode',
          'canonicalCode',
          'effectiveFrom',
          'effectiveTo',
          'proposedBy',
          'reason',
        ])
      }),
    )

  mapping
    .command('propose <system>')
    .description('propose what a code means; without --to, that its mapping ends')
    .requiredOption('--dimension <name>')
    .requiredOption('--from <code>', 'the code of the system')
    .option('--to <code>', 'what it means here')
    .option('--valid-from <date>', 'for lines dated from')
    .option('--valid-to <date>', 'for lines dated to, inclusive')
    .requiredOption('--reason <text>')
    .action((system: string, options: Proposed, command: Command) =>
      inSession(command, async ({ context, actor }, { json }) => {
        const { dimension, from: sourceCode, to: canonicalCode, validFrom, validTo, reason } = options
        const parsed = ChangeInput.safeParse({
          dimension,
          sourceCode,
          canonicalCode,
          effectiveFrom: validFrom,
          effectiveTo: validTo,
        })
        if (!parsed.success) throw new Refusal('input_invalid', parsed.error.issues.map(({ message }) => message).join('; '))
        const answer = await proposeMapping(context, { system, change: parsed.data, reason, actor })
        if (json) printJson(answer)
        else printLine(`Proposal ${answer.proposalId} waits for somebody else to approve it`)
      }),
    )

  for (const [name, decision] of [
    ['approve', 'approved'],
    ['reject', 'rejected'],
  ] as const) {
    mapping
      .command(`${name} <proposals...>`)
      .description(`${name} proposals of somebody else`)
      .option('--reason <text>')
      .action((proposals: string[], { reason }: { reason?: string }, command: Command) =>
        inSession(command, async ({ context, actor }, { json }) => {
          for (const text of proposals) {
            const proposalId = Number.parseInt(text, 10) || 0
            const answer = await decideMapping(context, { proposalId, decision, reason, actor })
            if (json) printJson(answer)
            else printLine(`Proposal ${answer.proposalId} ${answer.state}${answer.version ? `: version ${answer.version}` : ''}`)
          }
        }),
      )
  }

  mapping
    .command('export <system>')
    .description('the mapping as YAML, which import takes')
    .addOption(new Option('--out <file>', 'into a file'))
    .action((system: string, { out }: { out?: string }, command: Command) =>
      inSession(command, async ({ context }) => {
        const yaml = mappingYaml(await readMappingExport(context.db, system))
        if (out) await writeFile(out, yaml)
        else printLine(yaml.trimEnd())
      }),
    )

  mapping
    .command('import <system> <file>')
    .description('propose every row of a CSV or YAML file; what stands as it is already is left alone')
    .requiredOption('--reason <text>')
    .action((system: string, file: string, { reason }: { reason: string }, command: Command) =>
      inSession(command, async ({ context, actor }, { json }) => {
        const answer = await proposeMappings(context, { system, text: await readFile(file, 'utf8'), reason, actor })
        if (json) return printJson(answer)
        printLine(`${answer.proposed.length} proposed, ${answer.refused.length} not`)
        if (answer.refused.length > 0) printTable(answer.refused, ['row', 'code', 'why'], ['row'])
      }),
    )
}

async function inSession(
  command: Command,
  work: (session: Session, output: ReturnType<typeof outputOf>) => Promise<void>,
): Promise<void> {
  const output = outputOf(command)
  process.exitCode = await withSession(output.as, async (session) => {
    await work(session, output)
    return EXIT.succeeded
  })
}
