import type { Command } from 'commander'
import { Refusal } from '#server/domain/errors.ts'
import { readSystems, WINDOWS, type Window } from '#server/services/reads/systems-view.ts'
import { testConnection } from '#server/services/test-connection.ts'
import { EXIT } from './exit.ts'
import { outputOf, printJson, printLine, printTable } from './output.ts'
import { withSession } from './session.ts'

/** `tower system list|test`: how the connections do. */
export function addSystemCommands(program: Command): void {
  const system = program.command('system').description('connected systems')
  system
    .command('list')
    .description('health, calls and speed of every system')
    .option('--window <window>', Object.keys(WINDOWS).join(', '), '24h')
    .action(async (options: { window: string }, command: Command) => {
      const output = outputOf(command)
      if (!(options.window in WINDOWS)) throw new Refusal('input_invalid', `a window is ${Object.keys(WINDOWS).join(', ')}`)
      process.exitCode = await withSession(output.as, async ({ context }) => {
        const request = { window: options.window as Window, credential: context.credential }
        const { systems, from, until } = await readSystems(context.db, request, context.now())
        const rows = systems.map(({ code, kind, simulated, figures: { speed: _, failures: __, ...figures } }) => ({
          code,
          kind,
          simulated,
          ...figures,
        }))
        if (output.json) printJson({ from, until, systems: rows })
        else
          printTable(
            rows,
            ['code', 'kind', 'health', 'calls', 'failed', 'throttled', 'p50', 'p95', 'lastOkAt', 'lastFailedAt'],
            ['calls', 'failed', 'throttled', 'p50', 'p95'],
          )
        return EXIT.succeeded
      })
    })
  system
    .command('test <code>')
    .description('ask every source of a system once; keeps no data')
    .option('--job <name>', 'only the source of this job')
    .action(async (code: string, options: { job?: string }, command: Command) => {
      const output = outputOf(command)
      process.exitCode = await withSession(output.as, async ({ context, actor }) => {
        const { systems } = await readSystems(context.db, { window: '1h', credential: context.credential }, context.now())
        const found = systems.find((one) => one.code === code)
        if (!found) throw new Refusal('system_not_found', code)
        const jobs = found.jobs.filter(({ job, type }) => (options.job ? job === options.job : type !== 'file'))
        if (jobs.length === 0) throw new Refusal(options.job ? 'job_not_found' : 'source_needs_no_test', options.job ?? code)
        const tests = []
        for (const { job } of jobs) {
          const test = await testConnection(context, { job, actor })
          tests.push(test)
          if (output.json) continue
          printLine(`${test.outcome === 'ok' ? '✔' : '✘'} ${job}: ${test.sentence}`)
          for (const line of [test.detail, test.action]) if (line) printLine(`    ${line}`)
        }
        if (output.json) printJson({ tests })
        return tests.every(({ outcome }) => outcome === 'ok') ? EXIT.succeeded : EXIT.failed
      })
    })
}
