import { InvalidArgumentError, Option, type Command } from 'commander'
import { countResults, findBulkReplay, findNextRun, passOf, type Pass } from '#db/queries/bulk-replays.ts'
import { isUnderWay, REPLAY_RESULTS } from '#server/domain/bulk-replay.ts'
import type { ReplayRules } from '#server/domain/run.ts'
import { advanceBulkReplay } from '#server/services/bulk-replay/advance-bulk-replay.ts'
import { approveBulkReplay } from '#server/services/bulk-replay/approve-bulk-replay.ts'
import { rehearseReplay } from '#server/services/bulk-replay/rehearse-replay.ts'
import { startBulkReplay } from '#server/services/bulk-replay/start-bulk-replay.ts'
import { EXIT } from './exit.ts'
import { note, outputOf, printJson, printLine, printTable, type Output } from './output.ts'
import { withSession, type Session } from './session.ts'

type Asked = {
  exception?: number[]
  run?: number
  job?: string
  code?: string
  entity?: string
  period?: string
  version?: string
  currency?: string
  from?: string
  to?: string
  rules: ReplayRules
  intoClosed?: boolean
  preview?: boolean
  reason?: string
}

/** tower replay-waiting | approve-replay */
export function addReplayCommands(program: Command): void {
  program
    .command('replay-waiting')
    .description('records that wait, rehearsed and then replayed from what was found')
    .option('--exception <ids...>', 'of these exceptions', collected)
    .option('--run <run>', 'of a run and its replays', whole)
    .option('--job <name>')
    .option('--code <code>')
    .option('--entity <code>')
    .option('--period <period>')
    .option('--version <version>')
    .option('--currency <code>')
    .option('--from <day>', 'runs that ended from this day on, UTC')
    .option('--to <day>')
    .option('--into-closed', 'closed periods as well: somebody else approves it')
    .option('--preview', 'say what would happen; change nothing')
    .option('--reason <text>')
    .addOption(
      new Option('--rules <which>', 'rules and reference data of then, or as they stand')
        .choices(['original', 'current'])
        .default('current'),
    )
    .action(async (options: Asked, command: Command) => {
      const output = outputOf(command)
      const { exception: exceptions, rules, intoClosed, preview, reason = '', ...conditions } = options
      process.exitCode = await withSession(output.as, async (session) => {
        const { context, actor } = session
        const asked = { ...conditions, ...(exceptions && { exceptions }) }
        const { bulkReplayId } = await rehearseReplay(context, { asked, rules, intoClosed, actor })
        await carryOn(session, bulkReplayId, output)
        if (preview) return printResults(session, bulkReplayId, 'rehearsed', output)
        await startBulkReplay(context, { bulkReplayId, reason, actor })
        await carryOn(session, bulkReplayId, output)
        return printResults(session, bulkReplayId, 'result', output)
      })
    })
  program
    .command('approve-replay <replay>')
    .description('let a replay into closed periods that somebody else asked for')
    .option('--decline', 'do not')
    .option('--reason <text>')
    .action(async (replay: string, options: { decline?: boolean; reason?: string }, command: Command) => {
      const output = outputOf(command)
      process.exitCode = await withSession(output.as, async (session) => {
        const { decline = false, reason = '' } = options
        const bulkReplayId = whole(replay)
        await approveBulkReplay(session.context, { bulkReplayId, isApproved: !decline, reason, actor: session.actor })
        await carryOn(session, bulkReplayId, output)
        return printResults(session, bulkReplayId, 'result', output)
      })
    })
}

/** As far as it goes without a person: here, unless a worker elsewhere is quicker. */
async function carryOn({ context, finishRun }: Session, bulkReplayId: number, output: Output): Promise<void> {
  for (;;) {
    await advanceBulkReplay(context, bulkReplayId)
    const { status } = (await findBulkReplay(context.db, bulkReplayId))!
    if (!isUnderWay(status)) return
    const next = await context.db.transaction((tx) => findNextRun(tx, bulkReplayId, passOf(status)))
    if (next?.runId) await finishRun(next.runId, output.json ? undefined : note)
  }
}

/** Everything that was judged is fixed, or something waits still. */
async function printResults({ context }: Session, bulkReplayId: number, pass: Pass, output: Output): Promise<number> {
  const { status } = (await findBulkReplay(context.db, bulkReplayId))!
  const results = await countResults(context.db, bulkReplayId, pass)
  if (output.json) printJson({ bulkReplayId, status, rehearsed: pass === 'rehearsed', results })
  else {
    printLine(`Replay ${bulkReplayId}: ${status.replaceAll('_', ' ')}${pass === 'rehearsed' ? ', nothing is done' : ''}.`)
    printTable(
      [...REPLAY_RESULTS, 'open' as const].map((result) => ({ result: result.replaceAll('_', ' '), records: results[result] })),
      ['result', 'records'],
      ['records'],
    )
  }
  return results.still_failing + results.failing_differently + results.open > 0 ? EXIT.held : EXIT.succeeded
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError(`${text} is not a number`)
  return Number.parseInt(text, 10)
}

const collected = (text: string, before: number[] = []): number[] => [...before, whole(text)]
