/** How a step of a call is drawn: by what it is. */
import type { Component } from 'svelte';
import AudioLines from '@lucide/svelte/icons/audio-lines';
import BookUser from '@lucide/svelte/icons/book-user';
import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import FileText from '@lucide/svelte/icons/file-text';
import Hourglass from '@lucide/svelte/icons/hourglass';
import Megaphone from '@lucide/svelte/icons/megaphone';
import Milestone from '@lucide/svelte/icons/milestone';
import Music from '@lucide/svelte/icons/music';
import PhoneForwarded from '@lucide/svelte/icons/phone-forwarded';
import PhoneIcon from '@lucide/svelte/icons/phone';
import PhoneOff from '@lucide/svelte/icons/phone-off';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import UsersRound from '@lucide/svelte/icons/users-round';
import Voicemail from '@lucide/svelte/icons/voicemail';

const ICONS: Record<string, Component<{ size?: number }>> = {
  extension: PhoneIcon, group: UsersRound, queue: Hourglass, hours: CalendarClock, callflow: SunMoon, voicemail: Voicemail, external: PhoneForwarded, announce: Megaphone, fax: FileText, music: Music, echo: AudioLines,
  directory: BookUser, hangup: PhoneOff,
};

export const iconOf = (kind: string): Component<{ size?: number }> => ICONS[kind] ?? Milestone;
