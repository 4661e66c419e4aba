import { readFile, writeFile } from 'node:fs/promises'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { listExceptions } from '#db/queries/exceptions.ts'
import { listLines } from '#db/queries/lines.ts'
import { listRuns } from '#db/queries/run-list.ts'
import { findJob } from '#db/queries/runs.ts'
import { listPublishedTotals, newestPublication } from '#db/queries/totals.ts'
import { openFile } from '#server/connectors/file/file.ts'
import { ROLES, type Role } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { ReplayRules } from '#server/domain/run.ts'
import { addPerson } from '#server/services/add-person.ts'
import { cancelRun } from '#server/services/cancel-run.ts'
import { exportJob, importDefinitions } from '#server/services/import-definitions.ts'
import { loadFile } from '#server/services/load-file.ts'
import { readRunReport } from '#server/services/reads/run-report.ts'
import { replayRun } from '#server/services/replay-run.ts'
import { restartRun } from '#server/services/restart-run.ts'
import { askRollback } from '#server/services/rollback/ask-rollback.ts'
import { decideRollback } from '#server/services/rollback/decide-rollback.ts'
import { previewRollback, rollbackRun } from '#server/services/rollback/rollback-run.ts'
import { startFolderRuns } from '#server/services/start-folder-runs.ts'
import { startRun } from '#server/services/start-run.ts'
import { verify } from '#server/services/verify.ts'
import { doctor } from './doctor.ts'
import { EXIT } from './exit.ts'
import { addJobClock } from './job-clock.ts'
import { note, outputOf, printJson, printLine, printRun, printTable, type Output } from './output.ts'
import { addPeriodCommands } from './period-commands.ts'
import { withSession, type Session } from './session.ts'

type ReplayOptions = { rules: ReplayRules; preview?: boolean; overNewer?: boolean; reason?: string }

type Filters = {
  entity?: string
  period?: string
  version?: string
  currency?: string
  account?: string
  asOf?: number
  limit?: number
}

/** Every command is thin: read the arguments, call one service, print. */
export function addCommands(program: Command): void {
  program
    .command('load <file>')
    .description('load a file through a job')
    .requiredOption('--job <name>', 'the job that knows the file')
    .option('--key <key>', 'idempotency key')
    .action(async (file: string, options: { job: string; key?: string }, command: Command) => {
      const output = outputOf(command)
      await inSession(output, async (session) => {
        const job = await findJob(session.context.db, options.job)
        if (!job) throw new Refusal('job_not_found', options.job)
        const { name, bytes } = await openFile(file, job.definition.limits.maxBytes)
        const { runId } = await loadFile(session.context, {
          job: options.job,
          name,
          bytes,
          actor: session.actor,
          idempotencyKey: options.key,
        })
        return finishAndPrint(session, runId, output)
      })
    })

  program
    .command('run <job>')
    .description('ask the source of a job and load what it has')
    .action(async (jobName: string, _options: unknown, command: Command) => {
      const output = outputOf(command)
      await inSession(output, async (session) => {
        const job = await findJob(session.context.db, jobName)
        if (job?.definition.source.type !== 'folder') {
          const { runId } = await startRun(session.context, { job: jobName, actor: session.actor })
          return finishAndPrint(session, runId, output)
        }
        const { runIds } = await startFolderRuns(session.context, { job: jobName, actor: session.actor, trigger: 'manual' })
        if (runIds.length === 0) {
          if (output.json) printJson({ runs: [] })
          else printLine('There is no new file.')
          return EXIT.succeeded
        }
        const codes: number[] = []
        for (const runId of runIds) codes.push(await finishAndPrint(session, runId, output))
        return codes.includes(EXIT.failed) ? EXIT.failed : Math.max(...codes)
      })
    })

  program
    .command('runs')
    .description('list runs, newest first')
    .option('--job <name>')
    .option('--status <status>')
    .option('--limit <n>', 'how many', whole, 20)
    .action(async (options: { job?: string; status?: string; limit: number }, command: Command) => {
      const output = outputOf(command)
      await inSession(output, async ({ context, actor }) => {
        const runs = await listRuns(context.db, { ...options, scope: actor.entityScope })
        if (output.json) printJson({ runs })
        else
          printTable(
            runs.map((run) => ({ ...run, sentence: run.sentence ?? '' })),
            ['runId', 'job', 'trigger', 'status', 'attempt', 'publication', 'queuedAt', 'sentence'],
            ['runId', 'attempt', 'publication'],
          )
        return EXIT.succeeded
      })
    })

  withFilters(program.command('totals').description('published control totals per slice and currency')).action(
    async (options: Filters, command: Command) => {
      const output = outputOf(command)
      await inSession(output, async ({ context, actor }) => {
        const publication = options.asOf ?? (await newestPublication(context.db))
        const totals = await listPublishedTotals(context.db, { ...options, scope: actor.entityScope }, publication)
        if (output.json) printJson({ publication, totals })
        else {
          printLine(`As of publication ${publication}`)
          printTable(
            totals,
            ['entity', 'period', 'version', 'currency', 'system', 'objectType', 'count', 'debit', 'credit', 'net'],
            ['count', 'debit', 'credit', 'net'],
          )
        }
        return EXIT.succeeded
      })
    },
  )

  withFilters(program.command('lines').description('published lines: the rows behind the totals'))
    .option('--account <code>')
    .option('--limit <n>', 'how many', whole, 1_000)
    .action(async (options: Filters, command: Command) => {
      const output = outputOf(command)
      await inSession(output, async ({ context, actor }) => {
        const publication = options.asOf ?? (await newestPublication(context.db))
        const lines = await listLines(context.db, { ...options, scope: actor.entityScope }, publication, {
          limit: options.limit ?? 1_000,
        })
        if (output.json) printJson({ publication, lines })
        else
          printTable(
            lines,
            [
              'sourceKey',
              'entity',
              'period',
              'version',
              'currency',
              'account',
              'debit',
              'credit',
              'costCentre',
              'document',
              'description',
            ],
            ['debit', 'credit'],
          )
        return EXIT.succeeded
      })
    })

  program
    .command('exceptions')
    .description('what waits for a person')
    .option('--state <state>', 'open, closed or all', 'open')
    .option('--job <name>')
    .action(async (options: { state: 'open' | 'closed' | 'all'; job?: string }, command: Command) => {
      const output = outputOf(command)
      await inSession(output, async ({ context, actor }) => {
        const rows = await listExceptions(context.db, { ...options, scope: actor.entityScope })
        const exceptions = rows.map((row) => ({
          ...row,
          class: row.failureClass,
          amount: row.amounts.length === 1 ? row.amounts[0]!.amount : null,
          currency: row.amounts.length === 1 ? row.amounts[0]!.currency || null : null,
        }))
        if (output.json) printJson({ exceptions })
        else
          printTable(
            exceptions,
            ['exceptionId', 'class', 'code', 'job', 'occurrences', 'amount', 'currency', 'title'],
            ['exceptionId', 'occurrences', 'amount'],
          )
        return EXIT.succeeded
      })
    })

  program
    .command('restart <run>')
    .description('the same run again, from its last finished stage')
    .option('--reason <text>')
    .action(async (run: string, options: { reason?: string }, command: Command) => {
      const output = outputOf(command)
      await inSession(output, async (session) => {
        const { runId } = await restartRun(session.context, { runId: whole(run), reason: options.reason, actor: session.actor })
        return finishAndPrint(session, runId, output)
      })
    })

  program
    .command('replay <run>')
    .description('a new run over the stored input of an old one')
    .option('--preview', 'say what would happen; change nothing')
    .option('--over-newer', 'also where newer data stands: older values come back')
    .option('--reason <text>')
    .addOption(
      new Option('--rules <which>', 'rules and reference data of then, or as they stand')
        .choices(['original', 'current'])
        .default('current'),
    )
    .action(async (run: string, options: ReplayOptions, command: Command) => {
      const output = outputOf(command)
      await inSession(output, async (session) => {
        const { preview = false, ...more } = options
        const { runId } = await replayRun(session.context, { ...more, runId: whole(run), preview, actor: session.actor })
        return finishAndPrint(session, runId, output)
      })
    })

  program
    .command('rollback <run>')
    .description('withdraw what a run published')
    .option('--ask', 'closed periods as well: somebody else approves it')
    .option('--preview', 'say what would happen; change nothing')
    .option('--reason <text>')
    .action(async (run: string, options: { preview?: boolean; ask?: boolean; reason?: string }, command: Command) => {
      const output = outputOf(command)
      await inSession(output, async (session) => {
        if (options.ask && !options.preview) {
          const asked = await askRollback(session.context, {
            runId: whole(run),
            reason: options.reason ?? '',
            actor: session.actor,
          })
          if (output.json) printJson(asked)
          else printLine(`Request ${asked.requestId} waits for a second person: tower decide-rollback ${asked.requestId}`)
          return EXIT.succeeded
        }
        if (!options.preview) {
          const { runId } = await rollbackRun(session.context, {
            runId: whole(run),
            reason: options.reason,
            actor: session.actor,
          })
          return finishAndPrint(session, runId, output)
        }
        const preview = await previewRollback(session.context, whole(run))
        if (output.json) printJson(preview)
        else {
          printLine(
            `Would withdraw publication ${preview.publication}${preview.laterPublication ? `, but publication ${preview.laterPublication} changed some of these lines: roll that one back first` : ''}`,
          )
          printTable(
            preview.slices,
            ['entity', 'period', 'version', 'currency', 'ended', 'restored', 'debit', 'credit'],
            ['ended', 'restored', 'debit', 'credit'],
          )
          if (preview.closedPeriods.length > 0)
            printLine(`It moves closed periods: ${preview.closedPeriods.join(', ')}. Ask with --ask`)
        }
        return preview.laterPublication ? EXIT.failed : EXIT.succeeded
      })
    })

  program
    .command('decide-rollback <request>')
    .description('let a rollback that somebody else asked for move closed periods, and do it')
    .option('--decline', 'do not')
    .option('--reason <text>')
    .action(async (request: string, options: { decline?: boolean; reason?: string }, command: Command) => {
      const output = outputOf(command)
      await inSession(output, async (session) => {
        const { decline = false, reason = '' } = options
        const asked = { requestId: whole(request), isApproved: !decline, reason, actor: session.actor }
        const { runId } = await decideRollback(session.context, asked)
        if (runId !== null) return finishAndPrint(session, runId, output)
        if (output.json) printJson({ runId })
        else printLine('Declined. Nothing was changed.')
        return EXIT.succeeded
      })
    })

  program
    .command('cancel <run>')
    .description('stop a run')
    .option('--reason <text>')
    .action(async (run: string, options: { reason?: string }, command: Command) => {
      const output = outputOf(command)
      await inSession(output, async ({ context, actor }) => {
        const result = await cancelRun(context, { runId: whole(run), reason: options.reason, actor })
        if (output.json) printJson(result)
        else printLine(`Run ${result.runId} is cancelled.`)
        return EXIT.succeeded
      })
    })

  const job = program.command('job').description('jobs as YAML')
  job
    .command('import <file>')
    .description('import jobs and calendars; - reads standard input')
    .action(async (file: string, _options: unknown, command: Command) => {
      const output = outputOf(command)
      const yaml =
        file === '-'
          ? await readStandardInput()
          : await readFile(file, 'utf8').catch(() => {
              throw new Refusal('input_invalid', `${file} cannot be read`)
            })
      await inSession(output, async ({ context, actor }) => {
        const imported = await importDefinitions(context, { yaml, actor })
        if (output.json) printJson({ imported })
        else
          for (const one of imported) {
            const { kind, name, version, change } = one
            printLine(`${kind} ${name}${version ? ` version ${version}` : ''}: ${change}`)
            if (one.change === 'proposed' && one.proposal)
              printLine(`  It loosens control and waits for a second person: tower definition approve ${one.proposal.proposalId}`)
          }
        return EXIT.succeeded
      })
    })
  job
    .command('export <file>')
    .description('write a job as YAML; the file is named for it unless --job says which; - prints')
    .option('--job <name>')
    .action(async (file: string, options: { job?: string }, command: Command) => {
      const output = outputOf(command)
      await inSession(output, async ({ context }) => {
        const yaml = await exportJob(context, options.job ?? file.replace(/^.*\//, '').replace(/\.ya?ml$/, ''))
        if (file === '-' || (await isJobName(context.db, file))) process.stdout.write(yaml)
        else await writeFile(file, yaml)
        return EXIT.succeeded
      })
    })

  addJobClock(job)

  addPeriodCommands(program)

  const person = program.command('person').description('people who sign in')
  person
    .command('add <sign-in>')
    .description('add a person; the password is read from standard input')
    .requiredOption('--name <name>')
    .addOption(new Option('--role <role>').choices(ROLES).makeOptionMandatory())
    .option('--entities <codes>', 'entities they see and change, by comma', '*')
    .action(async (signIn: string, options: { name: string; role: Role; entities: string }, command: Command) => {
      const output = outputOf(command)
      const password = (await readStandardInput()).replace(/\r?\n$/, '')
      if (password.length < 8)
        throw new Refusal('input_invalid', 'a password of at least 8 characters is needed on standard input')
      await inSession(output, async ({ context, actor }) => {
        const { isNew } = await addPerson(context, {
          signIn,
          name: options.name,
          role: options.role,
          entityScope: options.entities.split(',').map((code) => code.trim()),
          password,
          actor,
        })
        if (output.json) printJson({ signIn, isNew })
        else printLine(isNew ? `${signIn} can sign in now.` : `${signIn} is there already; nothing was changed.`)
        return isNew ? EXIT.succeeded : EXIT.failed
      })
    })

  program
    .command('verify')
    .description('recompute conservation and totals from the rows, check artifacts and the audit log')
    .action(async (_options: unknown, command: Command) => {
      const output = outputOf(command)
      await inSession(output, async ({ context }) => {
        const result = await verify(context)
        if (output.json) printJson(result)
        else {
          for (const check of result.checks) {
            printLine(
              `${check.differences.length === 0 ? '✔' : '✘'} ${check.name}: ${check.rowsChecked.toLocaleString('en')} rows`,
            )
            for (const difference of check.differences) printLine(`    ${difference}`)
          }
        }
        return result.sound ? EXIT.succeeded : EXIT.failed
      })
    })

  program
    .command('doctor')
    .description('what is wrong with this installation')
    .action(async (_options: unknown, command: Command) => {
      process.exitCode = await doctor(outputOf(command))
    })
}

async function inSession(output: Output, work: (session: Session) => Promise<number>): Promise<void> {
  process.exitCode = await withSession(output.as, work)
}

async function finishAndPrint(session: Session, runId: number, output: Output): Promise<number> {
  await session.finishRun(runId, output.json ? undefined : note)
  return printRun(await readRunReport(session.context.db, runId, session.actor.entityScope), output)
}

const withFilters = (command: Command): Command =>
  command
    .option('--entity <code>')
    .option('--period <period>')
    .option('--version <version>')
    .option('--currency <code>')
    .option('--as-of <publication>', 'as it stood then', whole)

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is needed')
  return Number.parseInt(text, 10)
}

const isJobName = async (db: Session['context']['db'], name: string): Promise<boolean> => (await findJob(db, name)) !== null

async function readStandardInput(): Promise<string> {
  let text = ''
  for await (const piece of process.stdin) text += piece
  return text
}
