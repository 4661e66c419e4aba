import { InvalidArgumentError, Option, type Command } from 'commander'
import { DELIVERY_ACTIONS, DELIVERY_STATUSES, ITEM_STATES, type DeliveryStatus } from '#server/domain/delivery.ts'
import { abortDelivery, holdDelivery, retryDelivery } from '#server/services/change-delivery.ts'
import { readDeliveriesForExport, readDeliveryView } from '#server/services/reads/deliveries-view.ts'
import { EXIT } from './exit.ts'
import { outputOf, printJson, printLine, printTable } from './output.ts'
import { withSession, type Session } from './session.ts'

const ACTIONS = { retry: retryDelivery, hold: holdDelivery, abort: abortDelivery } as const
const DESCRIPTIONS = {
  retry: 'go on now: what is unknown is asked of the target first',
  hold: 'stop until somebody retries it; later publications wait behind it',
  abort: 'give it up: the target keeps what it has',
} as const

/** `tower delivery`: what targets are told of publications. */
export function addDeliveryCommands(program: Command): void {
  const delivery = program.command('delivery').description('what targets are told of publications')

  delivery
    .command('list')
    .description('deliveries, newest first')
    .option('--job <name>')
    .option('--target <system>', 'the code of the system that is told')
    .addOption(new Option('--status <status>').choices(DELIVERY_STATUSES))
    .action((options: { job?: string; target?: string; status?: DeliveryStatus }, command: Command) =>
      inSession(command, async ({ context, actor }, json) => {
        const deliveries = await readDeliveriesForExport(context.db, { ...options, scope: actor.entityScope })
        if (json) return printJson({ deliveries })
        const rows = deliveries.map((row) => ({
          ...row,
          documents: ITEM_STATES.filter((state) => row.items[state])
            .map((state) => `${row.items[state]} ${state}`)
            .join(', '),
        }))
        const columns = ['deliveryId', 'status', 'system', 'job', 'publication', 'attempt', 'documents', 'failureCode'] as const
        printTable(rows, columns, ['deliveryId', 'publication', 'attempt'])
      }),
    )

  delivery
    .command('show <delivery>')
    .description('delivered and confirmed totals of a delivery, slice by slice')
    .action((id: string, _options: unknown, command: Command) =>
      inSession(command, async ({ context, actor }, json) => {
        const view = await readDeliveryView(context.db, { deliveryId: whole(id), actor }, context.now())
        if (json) return printJson({ delivery: view.delivery, slices: view.slices })
        const { delivery: row, slices } = view
        printLine(`Delivery ${row.deliveryId} of publication ${row.publication} to ${row.systemName}: ${row.status}`)
        if (row.failureDetail) printLine(row.failureDetail)
        printTable(
          slices,
          [
            'entity',
            'period',
            'version',
            'currency',
            'delivered',
            'confirmed',
            'deliveredDebit',
            'confirmedDebit',
            'deliveredCredit',
            'confirmedCredit',
          ],
          ['delivered', 'confirmed', 'deliveredDebit', 'confirmedDebit', 'deliveredCredit', 'confirmedCredit'],
        )
      }),
    )

  for (const action of DELIVERY_ACTIONS) {
    const named = delivery.command(`${action} <delivery>`).description(DESCRIPTIONS[action]).option('--reason <text>')
    if (action === 'retry') named.option('--again', 'place a file that was placed and is gone once more: nobody has it')
    named.action((id: string, options: { reason?: string; again?: boolean }, command: Command) =>
      inSession(command, async ({ context, actor }, json) => {
        const changed = await ACTIONS[action](context, { deliveryId: whole(id), ...options, actor })
        if (json) printJson(changed)
        else printLine(`Delivery ${changed.deliveryId} is ${changed.status}.`)
      }),
    )
  }
}

async function inSession(command: Command, work: (session: Session, json: boolean) => Promise<void>): Promise<void> {
  const { json, as } = outputOf(command)
  process.exitCode = await withSession(as, async (session) => {
    await work(session, json)
    return EXIT.succeeded
  })
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is needed')
  return Number.parseInt(text, 10)
}
