import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import { exportEvidence } from '#server/services/audit/export-evidence.ts'
import { rotateAuditKey } from '#server/services/audit/rotate-key.ts'
import { signCheckpoint } from '#server/services/audit/sign-checkpoint.ts'
import { readCheckpoints } from '#server/services/reads/audit-checkpoints.ts'
import { EXIT } from './exit.ts'
import { outputOf, printJson, printLine, printTable } from './output.ts'
import { withSession, type Session } from './session.ts'

/** The audit log from a shell. A bundle is checked without us: npm run verify-audit. */
export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('the audit log: checkpoints, keys, evidence')

  audit
    .command('checkpoint')
    .description('sign the log as it stands, and print what was signed')
    .action((_options: unknown, command: Command) =>
      inSession(command, async ({ context, actor }, json) => {
        const { note, size, signedAt, keyId } = await signCheckpoint(context, { actor })
        if (json) printJson({ note, size, signedAt, keyId })
        else process.stdout.write(note)
      }),
    )

  audit
    .command('keys')
    .description('the public keys that sign checkpoints; an auditor is given one by another way than an export')
    .action((_options: unknown, command: Command) =>
      inSession(command, async ({ context }, json) => {
        const { origin, keys } = await readCheckpoints(context.db, context.now())
        if (json) printJson({ origin, keys })
        else
          printTable(
            keys.map((key) => ({ ...key, validUntil: key.validUntil ?? 'now' })),
            ['keyId', 'validFrom', 'validUntil', 'verifier'],
          )
      }),
    )

  audit
    .command('rotate-key')
    .description('sign with another key from now on; the old one signs once more beside it')
    .option('--reason <text>')
    .action(({ reason }: { reason?: string }, command: Command) =>
      inSession(command, async ({ context, actor }, json) => {
        const rotated = await rotateAuditKey(context, { actor, reason })
        if (json) printJson(rotated)
        else
          printLine(
            `${rotated.verifier}\nsigns from now on. ${rotated.signedByBoth ? 'Both keys signed the newest checkpoint.' : 'The key of before was not at hand, so it did not sign the handover.'}`,
          )
      }),
    )

  audit
    .command('export <file>')
    .description('the whole log as JSON lines, under a checkpoint signed now; - prints')
    .action((file: string, _options: unknown, command: Command) =>
      inSession(command, async ({ context, actor }) => {
        const { lines } = await exportEvidence(context, { request: { actor }, filters: {}, format: 'jsonl' })
        if (file === '-') for await (const line of lines) process.stdout.write(line)
        else await pipeline(Readable.from(lines), createWriteStream(file))
      }),
    )
}

async function inSession(command: Command, work: (session: Session, json: boolean) => Promise<void>): Promise<void> {
  const output = outputOf(command)
  process.exitCode = await withSession(output.as, async (session) => {
    await work(session, output.json)
    return EXIT.succeeded
  })
}
