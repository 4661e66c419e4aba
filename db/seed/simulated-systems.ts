/** The simulated systems of the demonstration as a process of their own: as they stand today, faults included. */
import { parseArgs } from 'node:util'
import { startSimulatedSystems } from '#server/connectors/simulator/simulated-systems.ts'
import { NOW } from './world/stage.ts'
import { simulatedSystems } from './world/systems.ts'

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, keep: { type: 'string' } } })
const systems = await startSimulatedSystems(
  simulatedSystems(() => NOW, values.keep),
  { port: Number.parseInt(values.port, 10) },
)
const end = () => void systems.stop().then(() => process.exit(0))
// Ctrl-C reaches the whole terminal; where there is a parent, it decides.
process.on('SIGINT', () => (process.send ? undefined : end()))
process.on('SIGTERM', end)
process.on('disconnect', end)
process.on('message', (message) => {
  if (message === 'drain') end()
})
process.send?.({ port: systems.port })
process.send?.('ready')
if (!process.send) process.stdout.write(`SIMULATED systems at ${systems.url}; stop them with Ctrl+C\n`)
