import type { Command } from 'commander'
import { blockWords } from '#server/domain/close.ts'
import { Refusal } from '#server/domain/errors.ts'
import { PERIOD_STATE_WORDS, SETTABLE_STATES } from '#server/domain/period-state.ts'
import { askReopening } from '#server/services/close/ask-reopening.ts'
import { decideReopening } from '#server/services/close/decide-reopening.ts'
import { notReadyNow } from '#server/services/close/not-ready-now.ts'
import { setPeriodState } from '#server/services/set-period-state.ts'
import { EXIT } from './exit.ts'
import { outputOf, printJson, printLine, type Output } from './output.ts'
import { withSession, type Session } from './session.ts'

/** Closes periods, and reopens them by two people. */
export function addPeriodCommands(program: Command): void {
  program
    .command('period <entity> <period> <state>')
    .description('open, soft_closed or closed; reopened asks a second person to let lines into a closed one')
    .option('--reason <text>')
    .action(async (entity: string, period: string, asked: string, options: { reason?: string }, command: Command) => {
      const output = outputOf(command)
      await inSession(output, async ({ context, actor }) => {
        const { reason } = options
        if (asked === 'reopened') {
          const { requestId } = await askReopening(context, { entity, period, reason: reason ?? '', actor })
          if (output.json) printJson({ requestId })
          else printLine(`Request ${requestId} waits for a second person: tower decide-reopening ${requestId}`)
          return EXIT.succeeded
        }
        const state = SETTABLE_STATES.find((one) => one === asked)
        if (!state) throw new Refusal('input_invalid', 'a period is open, soft_closed, closed or reopened')
        const unready = (await notReadyNow(context.db, [{ entity, period }], context.now()))({ entity, period })
        const result = await setPeriodState(context, { entity, period, state, reason, actor })
        if (output.json) printJson(result)
        else printLine(`${entity} ${period} is ${PERIOD_STATE_WORDS[state]}.`)
        if (!output.json && state !== 'open' && unready.length > 0) printLine(`Not ready: ${unready.map(blockWords).join(', ')}`)
        return EXIT.succeeded
      })
    })

  program
    .command('decide-reopening <request>')
    .description('reopen a closed period that somebody else asked for')
    .option('--decline', 'do not')
    .option('--reason <text>')
    .action(async (request: string, options: { decline?: boolean; reason?: string }, command: Command) => {
      const output = outputOf(command)
      await inSession(output, async ({ context, actor }) => {
        if (!/^\d{1,9}$/.test(request)) throw new Refusal('input_invalid', 'a request is a whole number')
        const requestId = Number.parseInt(request, 10)
        const { decline = false, reason = '' } = options
        const done = await decideReopening(context, { requestId, isApproved: !decline, reason, actor })
        if (output.json) printJson(done)
        else printLine(done.isReopened ? `${done.entity} ${done.period} is reopened.` : 'Declined. Nothing was changed.')
        return EXIT.succeeded
      })
    })
}

async function inSession(output: Output, work: (session: Session) => Promise<number>): Promise<void> {
  process.exitCode = await withSession(output.as, work)
}
