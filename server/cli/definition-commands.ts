import type { Command } from 'commander'
import { Refusal } from '#server/domain/errors.ts'
import { readDefinitionProposal, readWaitingDefinitions } from '#server/services/reads/definition-proposal.ts'
import { decideDefinition } from '#server/services/reconcile/decide-definition.ts'
import { EXIT } from './exit.ts'
import { outputOf, printJson, printLine, printTable, type Output } from './output.ts'
import { withSession, type Session } from './session.ts'

/** `tower definition`: definitions of reconciliations that loosen control, proposed by one person and decided by another. */
export function addDefinitionCommands(program: Command): void {
  const definition = program.command('definition').description('definitions of reconciliations that wait for a second person')

  definition
    .command('list')
    .description('what waits, and what it lets through')
    .action((_options: unknown, command: Command) =>
      inSession(command, async ({ context }, { json }) => {
        const proposals = await readWaitingDefinitions(context.db)
        if (json) printJson({ proposals })
        else if (proposals.length === 0) printLine('Nothing waits.')
        else printTable(proposals, ['proposalId', 'name', 'proposedBy', 'proposedAt', 'why'], ['proposalId'])
      }),
    )

  definition
    .command('show <proposal>')
    .description('the settings that are to change, those that loosen first')
    .action((proposal: string, _options: unknown, command: Command) =>
      inSession(command, async ({ context }, { json }) => {
        const view = await readDefinitionProposal(context.db, numberOf(proposal))
        if (json) return printJson(view)
        const { name, baseVersion, proposedBy, answer, decidedBy } = view.proposal
        printLine(
          `${name} after version ${baseVersion}, proposed by ${proposedBy}: ${answer ?? 'waits'}${decidedBy ? `, ${decidedBy}` : ''}`,
        )
        printTable(view.changes, ['path', 'before', 'after', 'loosens'])
      }),
    )

  for (const [verb, isApproved] of [
    ['approve', true],
    ['decline', false],
  ] as const) {
    definition
      .command(`${verb} <proposal>`)
      .description(`${verb} what somebody else proposed`)
      .option('--reason <text>')
      .action((proposal: string, { reason = '' }: { reason?: string }, command: Command) =>
        inSession(command, async ({ context, actor }, { json }) => {
          const done = await decideDefinition(context, { proposalId: numberOf(proposal), isApproved, reason, actor })
          if (json) printJson(done)
          else printLine(isApproved ? `${done.name} is at version ${done.version}.` : 'Declined. Nothing was changed.')
        }),
      )
  }
}

function numberOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Refusal('input_invalid', 'a proposal is a whole number')
  return Number.parseInt(text, 10)
}

async function inSession(command: Command, work: (session: Session, output: Output) => Promise<void>): Promise<void> {
  const output = outputOf(command)
  process.exitCode = await withSession(output.as, async (session) => {
    await work(session, output)
    return EXIT.succeeded
  })
}
