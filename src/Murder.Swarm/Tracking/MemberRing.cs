using System.Collections;

namespace Murder.Swarm;

/// <summary>
/// Members in uniformly random order, after each join and each leave: a Fisher-Yates shuffle, one step a member. A member stands on two rings,
/// that of all members and that of its zone, and knows its place on each.
/// </summary>
internal sealed class MemberRing(SwarmRandom random, bool isOfZone) : IReadOnlyList<SwarmMember>
{
    private readonly List<SwarmMember> _members = [];

    public int Count => _members.Count;

    public SwarmMember this[int index] => _members[index];

    public void Join(SwarmMember member)
    {
        _members.Add(member);
        int place = random.Next(_members.Count);
        Put(_members[place], _members.Count - 1);
        Put(member, place);
    }

    public void Leave(SwarmMember member)
    {
        Put(_members[^1], isOfZone ? member.ZoneRingIndex : member.RingIndex);
        _members.RemoveAt(_members.Count - 1);
    }

    public IEnumerator<SwarmMember> GetEnumerator() => _members.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Put(SwarmMember member, int index)
    {
        _members[index] = member;
        if (isOfZone)
        {
            member.ZoneRingIndex = index;
        }
        else
        {
            member.RingIndex = index;
        }
    }
}
