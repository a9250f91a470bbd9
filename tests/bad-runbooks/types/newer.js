export default { contract: 2, type: 'dns.record' };
