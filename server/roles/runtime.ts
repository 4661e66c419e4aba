import type { Database } from '#db/client.ts'
import type { KeyStore } from '#server/platform/audit-log/key-store.ts'
import type { Now } from '#server/platform/clock.ts'
import type { Env } from '#server/platform/env.ts'
import type { Logger } from '#server/platform/logger.ts'

/** What every role has at hand once the database is open and migrated. */
export type Runtime = {
  readonly env: Env
  readonly logger: Logger
  readonly now: Now
  /** Works as the restricted role, not as the owner. */
  readonly db: Database
  /** Signs checkpoints of the audit log. */
  readonly auditKey: KeyStore
  readonly appUrl: string
  /** How many migrations this program knows. */
  readonly migrations: number
  /** For migrations and the seed; no request is ever served with it. */
  readonly ownerUrl: string
  /** True when the database is the one we brought along: the place where the demonstration may be put. */
  readonly embedded: boolean
}
