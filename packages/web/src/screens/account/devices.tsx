import type { DeviceSession } from '@confab/protocol/device-session'
import { endDevice, endOtherDevices, listDevices } from '../../session/account-settings.ts'
import { timeAgo } from '../../state/times.ts'
import { useNow } from '../../state/use-now.ts'
import { Button } from '../../ui/button.tsx'
import { FetchedFace } from '../../ui/fetched-face.tsx'
import { Section } from '../../ui/section.tsx'
import { SettingRow } from '../../ui/setting-row.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useFetched } from '../../ui/use-fetched.ts'
import { useTask } from '../../ui/use-task.ts'
import { deviceName } from './device-name.ts'

export function Devices() {
  const nowMs = useNow()
  const devices = useFetched(listDevices)
  const ending = useTask((id: string) => endDevice(id).finally(devices.reload))
  const endingOthers = useTask(() => endOtherDevices().finally(devices.reload))
  const hasOthers = devices.value?.some(({ current }) => !current) ?? false
  return (
    <Section
      title="Devices"
      about="Where you are signed in. What you end here is signed out within a second."
    >
      <FetchedFace fetched={devices} />
      {devices.value && (
        <ul aria-label="Devices" className="grid grid-cols-1 gap-2">
          {devices.value.map((device) => (
            <SettingRow
              key={device.id}
              title={deviceName(device.userAgent)}
              detail={whereAndWhen(device, nowMs)}
            >
              {device.current ? (
                <span className="font-semibold text-accent text-small">This device</span>
              ) : (
                <Button
                  look="danger"
                  busy={ending.busy}
                  aria-label={`Sign out ${deviceName(device.userAgent)}`}
                  onClick={() => void ending.run(device.id)}
                >
                  Sign out
                </Button>
              )}
            </SettingRow>
          ))}
        </ul>
      )}
      {hasOthers && (
        <Button
          look="quiet"
          className="justify-self-start"
          busy={endingOthers.busy}
          onClick={() => void endingOthers.run()}
        >
          Sign out all others
        </Button>
      )}
      <TaskError error={ending.error ?? endingOthers.error} />
    </Section>
  )
}

const whereAndWhen = ({ network, lastUsedAt }: DeviceSession, nowMs: number): string =>
  `${network ? `From ${network}, used` : 'Used'} ${timeAgo(lastUsedAt, nowMs)}`
