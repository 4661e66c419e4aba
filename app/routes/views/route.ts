import { redirect } from '@remix-run/node'
import { z } from 'zod'
import { Id, readForm } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { viewHref } from '#app/paths.ts'
import { PREFERENCES, safeReturnTo } from '#app/ui/preferences.ts'
import { withLook } from '#server/domain/saved-view.ts'

const Form = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('save'),
    screen: z.string(),
    name: z.string({ error: 'Give the view a name' }),
    query: z.string().default(''),
    /** The rows as they look, kept along. */
    columns: z.string().max(2_000).optional(),
    density: z.enum(PREFERENCES.density).optional(),
    keepsLook: z.literal('yes').optional(),
    isTeam: z.literal('yes').optional(),
    isDefault: z.literal('yes').optional(),
  }),
  z.object({
    do: z.literal('rename'),
    viewId: Id,
    name: z.string({ error: 'Give the view a name' }),
    returnTo: z.string(),
  }),
  z.object({ do: z.literal('remove'), viewId: Id, returnTo: z.string() }),
  z.object({ do: z.literal('default'), screen: z.string(), viewId: Id.optional(), returnTo: z.string() }),
])

// Reading needs no permission of its own; who may keep views is asked at the door of the services.
export const action = guarded('tower:read', async ({ request, services, actor }) => {
  const form = await readForm(request, Form)
  if (form.do === 'save') {
    const { screen, name, columns, density } = form
    const query = form.keepsLook && columns && density ? withLook(form.query, { columns, density }) : form.query
    const { viewId } = await services.saveView({ screen, name, query, isTeam: form.isTeam === 'yes', actor })
    if (form.isDefault) await services.setDefaultView({ screen, viewId, actor })
    return redirect(viewHref(screen, form.query, viewId))
  }
  if (form.do === 'remove') await services.removeView({ viewId: form.viewId, actor })
  else if (form.do === 'rename') await services.renameView({ viewId: form.viewId, name: form.name, actor })
  else await services.setDefaultView({ screen: form.screen, viewId: form.viewId ?? null, actor })
  return redirect(safeReturnTo(form.returnTo))
})
