import { Option, type Command } from 'commander'
import { Refusal } from '#server/domain/errors.ts'
import { Schedule } from '#server/domain/schedule.ts'
import { changeSchedule } from '#server/services/change-schedule.ts'
import { pauseJob } from '#server/services/pause-job.ts'
import { previewSchedule } from '#server/services/reads/schedule.ts'
import { resumeJob } from '#server/services/resume-job.ts'
import { EXIT } from './exit.ts'
import { outputOf, printJson, printLine, printTable } from './output.ts'
import { withSession } from './session.ts'

type Reasoned = { reason?: string }
type Scheduled = Reasoned & {
  cron?: string
  workingDay?: string
  at?: string
  calendar?: string
  timeZone?: string
  missed?: string
  none?: boolean
  preview?: boolean
}

/** tower job pause | resume | schedule */
export function addJobClock(job: Command): void {
  job
    .command('pause <job>')
    .description('nothing starts it by itself until it is resumed')
    .option('--reason <text>')
    .action(async (name: string, options: Reasoned, command: Command) => {
      const output = outputOf(command)
      process.exitCode = await withSession(output.as, async ({ context, actor }) => {
        const result = await pauseJob(context, { job: name, reason: options.reason, actor })
        if (output.json) printJson(result)
        else printLine(`${name} is paused.`)
        return EXIT.succeeded
      })
    })
  job
    .command('resume <job>')
    .description('it goes on with its next due time')
    .option('--reason <text>')
    .action(async (name: string, options: Reasoned, command: Command) => {
      const output = outputOf(command)
      process.exitCode = await withSession(output.as, async ({ context, actor }) => {
        const result = await resumeJob(context, { job: name, reason: options.reason, actor })
        if (output.json) printJson(result)
        else printLine(`${name} goes on${result.nextDueAt ? `; next due at ${result.nextDueAt}` : ''}.`)
        return EXIT.succeeded
      })
    })
  job
    .command('schedule <job>')
    .description('when it runs by itself: a cron, or a working day of a calendar')
    .option('--cron <fields>', 'minute hour day month weekday')
    .option('--working-day <n>', '2: the second after a period ends; -1: its last one')
    .option('--at <time>', 'with --working-day', '06:00')
    .option('--calendar <code>', 'with --working-day', 'months')
    .option('--time-zone <zone>')
    .addOption(
      new Option('--missed <policy>', 'what is done about a time missed while everything was down').choices([
        'once',
        'skip',
        'raise',
      ]),
    )
    .option('--none', 'nothing starts it by itself')
    .option('--preview', 'say the next ten due times; change nothing')
    .option('--reason <text>')
    .action(async (name: string, options: Scheduled, command: Command) => {
      const output = outputOf(command)
      const schedule = options.none ? null : scheduleOf(options)
      process.exitCode = await withSession(output.as, async ({ context, actor }) => {
        if (schedule && options.preview) {
          const preview = await previewSchedule(context.db, schedule, context.now())
          if (output.json) printJson(preview)
          else {
            for (const problem of preview.problems) printLine(problem)
            printTable(preview.dueTimes, ['wall', 'timeZone', 'at'])
          }
          return preview.problems.length > 0 ? EXIT.failed : EXIT.succeeded
        }
        const result = await changeSchedule(context, { job: name, schedule, reason: options.reason, actor })
        if (output.json) printJson(result)
        else
          printLine(
            `${name} version ${result.version}: ${result.nextDueAt ? `next due at ${result.nextDueAt}` : 'nothing starts it by itself'}.`,
          )
        return EXIT.succeeded
      })
    })
}

function scheduleOf({ cron, workingDay, at, calendar, timeZone, missed }: Scheduled): Schedule {
  const both = { ...(timeZone && { timeZone }), ...(missed && { missed }) }
  const wanted = cron ? { cron, ...both } : { workingDay: Number.parseInt(workingDay ?? '', 10), at, calendar, ...both }
  const parsed = Schedule.options[cron ? 0 : 1].safeParse(wanted)
  if (!parsed.success)
    throw new Refusal('input_invalid', parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
  return parsed.data
}
