import { Command, CommanderError } from 'commander'
import { Refusal, TechnicalError } from '#server/domain/errors.ts'
import { askedLogLevel } from '#server/platform/env.ts'
import { addAuditCommands } from './audit-commands.ts'
import { addCommands } from './commands.ts'
import { addDeliveryCommands } from './delivery-commands.ts'
import { addEvidenceCommands } from './evidence-commands.ts'
import { EXIT } from './exit.ts'
import { addDefinitionCommands } from './definition-commands.ts'
import { addMappingCommands } from './mapping-commands.ts'
import { addReplayCommands } from './replay-commands.ts'
import { addSystemCommands } from './system-commands.ts'

/** Every command there is. */
export function makeProgram(): Command {
  const program = new Command('tower')
    .description('Finance Control Tower: what the screens do, from a shell')
    .option('--json', 'print one JSON object, amounts as decimal strings')
    .option('--as <sign-in>', 'act as this person, with their role and entity scope')
    .exitOverride()
    .showHelpAfterError()
  addCommands(program)
  addAuditCommands(program)
  addMappingCommands(program)
  addDefinitionCommands(program)
  addDeliveryCommands(program)
  addEvidenceCommands(program)
  addReplayCommands(program)
  addSystemCommands(program)
  return program
}

/** What the screens do, from a shell. Returns the exit code; fails in words, never with a stack trace. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const program = makeProgram()
  process.exitCode = undefined
  try {
    await program.parseAsync(args, { from: 'user' })
    return typeof process.exitCode === 'number' ? process.exitCode : EXIT.succeeded
  } catch (error) {
    return explain(error, Boolean(program.opts().json))
  }
}

function explain(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) return error.exitCode
  const isKnown =
    error instanceof Refusal || error instanceof TechnicalError || (error instanceof Error && error.name === 'StartError')
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Refusal || error instanceof TechnicalError ? error.code : 'failed'
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`)
  else process.stderr.write(`${isKnown ? message : `Something went wrong: ${message}`}\n`)
  if (!isKnown && askedLogLevel() === 'debug' && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  return EXIT.failed
}
