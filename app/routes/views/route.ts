import { redirect } from '@remix-run/node'
import { z } from 'zod'
import { Id, readForm } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { viewHref } from '#app/paths.ts'
import { safeReturnTo } from '#app/ui/preferences.ts'

const Form = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('save'),
    screen: z.string(),
    name: z.string({ error: 'Give the view a name' }),
    query: z.string().default(''),
    isTeam: z.literal('yes').optional(),
    isDefault: z.literal('yes').optional(),
  }),
  z.object({ do: z.literal('remove'), viewId: Id, returnTo: z.string() }),
  z.object({ do: z.literal('default'), screen: z.string(), viewId: Id.optional(), returnTo: z.string() }),
])

// Reading needs no permission of its own; who may keep views is asked at the door of the services.
export const action = guarded('tower:read', async ({ request, services, actor }) => {
  const form = await readForm(request, Form)
  if (form.do === 'save') {
    const { screen, name, query } = form
    const { viewId } = await services.saveView({ screen, name, query, isTeam: form.isTeam === 'yes', actor })
    if (form.isDefault) await services.setDefaultView({ screen, viewId, actor })
    return redirect(viewHref(screen, query, viewId))
  }
  if (form.do === 'remove') await services.removeView({ viewId: form.viewId, actor })
  else await services.setDefaultView({ screen: form.screen, viewId: form.viewId ?? null, actor })
  return redirect(safeReturnTo(form.returnTo))
})
