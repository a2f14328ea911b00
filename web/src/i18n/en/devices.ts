export default {
  devices: {
    lastSeen: (when: string) => `Last seen ${when}`,
    neverSeen: 'Never connected',
    connected: 'Connected',
    user: (username: string) => `User name ${username}`,
    remove: (name: string) => `Delete device ${name}`,
  },
};
