import postgres from 'postgres'
import { LONG_GREETING, promptly } from '../prompt-socket.ts'

/** The channel that the triggers of 0002_tower.sql speak on. */
const CHANNEL = 'tower'
const CONNECT_SECONDS_MAX = 15

export type Notifications = { close(): Promise<void> }

/**
 * Hears what the triggers say, on one connection of its own. The address must lead to the server itself: through a pooler that
 * hands connections round nothing would arrive. `onConnected` is called at every connection, also after one was lost: what was
 * said in between is gone.
 */
export async function hearNotifications(
  url: string,
  { onNews, onConnected }: { onNews: (topic: string) => void; onConnected: () => void },
): Promise<Notifications> {
  const client = postgres(url, {
    max: 1,
    connect_timeout: CONNECT_SECONDS_MAX,
    fetch_types: false,
    connection: { application_name: 'control tower news', ...LONG_GREETING },
    onnotice: () => {},
    ...promptly(),
  })
  await client.listen(CHANNEL, onNews, onConnected)
  return { close: () => client.end({ timeout: 1 }) }
}
