import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { StartError } from './embedded/start-error.ts'

const ANSWER_MS_MAX = 15_000
const VERSION_NEEDED = 150_000

/** The version of the database of DATABASE_URL. In a compose file it starts beside us, so a refused connection is given some time. */
export async function firstAnswer(url: string, signal: AbortSignal): Promise<string> {
  for (const until = Date.now() + ANSWER_MS_MAX; ; await sleep(500, undefined, { signal })) {
    const sql = postgres(url, { max: 1, connect_timeout: 5, fetch_types: false, onnotice: () => undefined })
    try {
      const [row] = await sql<{ version: string; number: number }[]>`
        select current_setting('server_version') as version, current_setting('server_version_num')::int as number`
      if (row && row.number >= VERSION_NEEDED) return row.version.split(' ')[0]!
      throw new StartError(`The database of DATABASE_URL is PostgreSQL ${row?.version}: version 15 or newer is needed.`)
    } catch (error) {
      if (error instanceof StartError) throw error
      const code = (error as { code?: string }).code ?? ''
      if (WORTH_WAITING.has(code) && Date.now() < until) continue
      throw new StartError(`The database of DATABASE_URL cannot be used: ${REASONS[code] ?? `it answered ${code || 'oddly'}`}.`, {
        cause: error,
      })
    } finally {
      await sql.end({ timeout: 1 }).catch(() => undefined)
    }
  }
}

const WORTH_WAITING = new Set(['ECONNREFUSED', '57P03', 'EAI_AGAIN'])
const REASONS: Record<string, string> = {
  ECONNREFUSED: 'nothing answers at its host and port; check both, and that the server runs',
  CONNECT_TIMEOUT: 'nothing answers at its host and port; check both, and the firewall',
  ENOTFOUND: 'its host name is not known; check the name',
  EAI_AGAIN: 'its host name cannot be looked up; check the name and the network',
  '28P01': 'user or password are wrong; check both',
  '28000': 'the server does not let this user in; check its pg_hba.conf',
  '3D000': 'there is no database of that name; create it first',
  '53300': 'it has no connection left; close some, or raise max_connections',
  '57P03': 'it is still starting; try again in a moment',
}
