import type { Database } from '#db/client.ts'
import type { KeyStore } from '#server/platform/audit-log/key-store.ts'
import type { Logger } from '#server/platform/logger.ts'

/** What every service is given. Passed down from the composition root; nothing reads a global. */
export type Context = {
  readonly db: Database
  readonly log: Logger
  readonly now: () => Date
  /** Credentials of connections, by the name of the environment variable a job gives. */
  readonly credential: (name: string) => string | undefined
  /** The private key that signs checkpoints of the audit log, where this process has it. */
  readonly auditKey: KeyStore
  /** This process as a worker: claims runs and holds the advisory lock that shows it lives. Null in a process that only asks. */
  readonly workerId: string | null
}
