import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { InvalidArgumentError, type Command } from 'commander'
import { Refusal } from '#server/domain/errors.ts'
import { zipBytes } from '#server/platform/zip.ts'
import { takeEvidencePack } from '#server/services/evidence-pack/take-evidence-pack.ts'
import { takePeriodPack } from '#server/services/evidence-pack/take-period-pack.ts'
import { EXIT } from './exit.ts'
import { outputOf, printJson, printLine } from './output.ts'
import { withSession, type Session } from './session.ts'

type Options = { out: string; certification?: number; period?: string; entity?: string }

/** `tower evidence`: a pack by which a stranger does a reconciliation, or all of a period, again. */
export function addEvidenceCommands(program: Command): void {
  program
    .command('evidence [reconciliation]')
    .description('the evidence pack of a reconciliation, or of all of a period, as a ZIP')
    .requiredOption('--out <file>', 'where it goes')
    .option('--certification <number>', 'as it was certified then, not as it stands', whole)
    .option('--period <period>', 'all reconciliations of a period')
    .option('--entity <code>', 'with --period: of this entity only')
    .action(async (reconciliation: string | undefined, options: Options, command: Command) => {
      const { json, as } = outputOf(command)
      process.exitCode = await withSession(as, async (session) => {
        const { name, entries } = await take(session, reconciliation, options)
        const part = `${options.out}.part`
        try {
          // What is broken off half-way is never taken for a pack.
          await pipeline(Readable.from(zipBytes(entries, session.context.now())), createWriteStream(part))
          await rename(part, options.out)
        } catch (error) {
          await rm(part, { force: true })
          throw error
        }
        if (json) printJson({ pack: name, file: options.out })
        else printLine(`${name} is in ${options.out}. To do it again: unpack it, and run node recompute.mjs there.`)
        return EXIT.succeeded
      })
    })
}

function take({ context, actor }: Session, reconciliation: string | undefined, { certification, period, entity }: Options) {
  if (reconciliation && !period)
    return takeEvidencePack(context, { reconciliationId: whole(reconciliation), certificationId: certification, actor })
  if (period && !reconciliation) return takePeriodPack(context, { filter: { period, entity }, actor })
  throw new Refusal('input_invalid', 'name a reconciliation by its number, or a --period')
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a whole number is needed')
  return Number.parseInt(text, 10)
}
