# SPDX-License-Identifier: GPL-2.0-or-later
"""Mails of any working day in which no error of the sync stands: 100 about business, and 50 with the word "error" in what stands below."""
import random

NAMES = ["Sarah", "Mike", "Priya", "Tom", "Jörg", "Anita"]
FIRMS = ["Acme", "Contoso", "Baker Dental", "Fabrikam", "Green Valley Schools", "Delta Plumbing"]
BODIES = [
    "Please send {firm} their invoice for October. It is ${amount}, net 30 as always.",
    "Invoice {number} was paid by check yesterday. I booked it in QuickBooks already, nothing to do.",
    "{firm} asked for a copy of invoice {number}. Can you email it to them today?",
    "The printer at {firm} shows an error again. Can somebody drive there this afternoon?",
    "Could you set up a meeting with {firm} on Thursday at 10? The topic is the renewal of their service contract.",
    "New laptop for the new hire at {firm}: 16 GB, Windows 11 Pro, QuickBooks Desktop and Office. She starts Monday.",
    "QuickBooks training is on Tuesday at 2 pm in the small meeting room. Bring your questions.",
    "{firm} would like a quote for two switches and an access point. Purchase order follows.",
    "The user cannot log in to Outlook. It says the password is wrong. Please reset it.",
    "VPN token expired for the whole team at {firm}. Please renew the certificates.",
    "Hours for last week: 12 at {firm}, 4 at the office, zero for travel.",
    "I was at {firm} from 9 to 11 and replaced the disk. The time entry is in Autotask.",
    "Can we meet before the class on Friday? The second one is full, and there is no other date.",
    "Payment from {firm} came in this morning, ${amount}. Please mark it.",
    "Is invoice {number} still open? The client says that they paid it two weeks ago.",
    "Please remind {firm} of invoice {number}. It is 20 days over the due date.",
    "The backup at {firm} failed tonight with error 1603. Please look at the log.",
    "The application could not be started on the terminal server. Reboot helped.",
    "Please void the check we wrote to the vendor last week, it was lost in the mail.",
    "Our accountant needs access to QuickBooks Online until the end of the month. Please add her as a user.",
    "{firm} has changed its address. The new one is 12 Main Street. Please update their account.",
    "The terms of the new contract with {firm} look good to me. Please send it out for signature.",
    "Tax season is near. Please collect all W-9 forms of our vendors.",
    "Please order ten licenses of Microsoft 365 Business Premium for {firm}, same terms as before.",
    "The customer at {firm} did not get the email with the meeting link. Please resend the invitation.",
    "Two people at {firm} have no sound in Teams. Driver update?",
    "{name} is on vacation until Monday. Please send everything about {firm} to me.",
    "The web site of {firm} is down, 503. Who hosts it?",
    "Their firewall needs an update to the newest firmware. Plan it for Saturday night.",
    "Can you tell me the balance of {firm}? I need it for the meeting at three.",
    "Just a note: the price of Managed Services for {firm} goes up by 5 percent from January.",
    "The scanner can't send to email any more, authentication failed. Server is smtp.office365.com.",
    "We got a new credit card. The old one ends on Friday. Please change it at all vendors.",
    "Expense report for October is attached. Total ${amount}.",
    "The item on our quote to {firm} has the wrong description, it should say 24 ports.",
    "{firm} wants one invoice per site from now on. Please set that up in Autotask when you have time.",
    "Thanks for the quick help with QuickBooks yesterday, all is well now!",
    "The new server has arrived. The order number is {number}. Please unpack it and check the parts.",
    "Please close the ticket, the user says that it works again.",
    "We need a second monitor for the desk at reception. Budget is ${amount}.",
    "The customer list for the Christmas cards is in the shared folder. Please add yours.",
    "QuickBooks is slow on the PC of {name} since the last update. Could you have a look at the memory?",
    "Please install the QuickBooks Web Connector on the new PC of our bookkeeper. The old one is retired.",
    "Sales tax filing is due on the 20th. I need the report from QuickBooks by the 15th, please.",
    "The lease for the copier ends in March. Do we renew with {firm}?",
    "Office is closed on Thursday and Friday. Happy Thanksgiving!",
    "Our contract number with {firm} is {number}. Please write it on all invoices from now on.",
    "Please find attached the invoice {number} from our supplier, to be paid within 14 days.",
    "I approved the time of last week. You can make the invoices now.",
    "Can you export the time entries of {firm} for November? They want to see the details.",
    "The invoice of {firm} should go to their new address accounts@firm.test.",
    "{firm} is not happy with the response time. Please call them back today.",
    "Do we have a spare docking station? {name} needs one at home.",
    "One more thing: the account manager at {firm} has left. The new contact is {name}.",
    "Could you add a field for the cost center to the report? It is not urgent.",
    "The mailbox is full. Please archive everything that is older than two years.",
    "Please move the files of the old project to the archive, and give {name} the rights to read.",
    "The cable in room 4 is broken. Item 7 on the list of repairs.",
    "I will work from home tomorrow. Call me on my cell phone if there is something.",
    "QuickBooks error 6000, -83 when {name} opens the company file. It is needed today.",
    "QuickBooks Desktop shows error 6190, -1011 on the server of {firm}. Please have a look.",
    "QuickBooks error H202 in multi-user mode at {firm}.",
    "Their web site shows 500 Internal Server Error since this morning, and 429 Too Many Requests before that.",
    "She gets 401 Unauthorized when she opens her mailbox.",
    "We have two QuickBooks companies now, {firm} and {firm} West. Please install both on the new PC.",
    "There are two customers in the waiting room. The list is in QuickBooks.",
    "The class on Monday is not on the calendar. The invoice for it follows.",
    "My QuickBooks account is wrong, I cannot log in. Who can reset it?",
    "The email with invoice {number} never arrived here. Please check the spam filter.",
    "Invoice {number} has the wrong due date, it should be net 15. Please correct it.",
    "The payment is not showing in our bank account yet, please check.",
    "Payment for invoice {number} is still open at {firm}.",
    "Sales tax is wrong on the quote for {firm}.",
    "Please duplicate the item in QuickBooks for the second site.",
    "Autotask will have maintenance on Sunday from 2 to 4 am. Please tell the team.",
]
BELOW = [
    "This e-mail is confidential. If you have received it in error, please notify the sender and delete it.",
    "If you are not the intended recipient, any disclosure or copying is prohibited. Received in error? Please tell us and delete all copies.",
    "E-mail transmission cannot be guaranteed to be secure or error-free. The sender does not accept liability for any errors or omissions.",
    "-- \n{name}\nQuickBooks ProAdvisor\nReport an error on our site? errors@firm.test",
    "--\n{name} | Error-free bookkeeping since 1998 | QuickBooks Online Certified",
    "Sent from my phone. Please excuse any error.",
    "Regards,\n{name}\nTo err is human. To find the error is our business. Intuit partner.",
    "NOTICE: this message may hold privileged information. If it reached you in error, an invalid address was used; the invoice number, if any, is void.",
    "-- \n{name}, CPA\nAutotask | QuickBooks | Xero\n\"No error goes unpunished\"",
    "Disclaimer: QuickBooks is a trademark of Intuit. We are not liable for errors, failed deliveries or invalid data.",
]


def fill(text, rng):
    return text.format(name=rng.choice(NAMES), firm=rng.choice(FIRMS), number=rng.randint(1000, 99999),
                       amount="%d.%02d" % (rng.randint(10, 9000), rng.randint(0, 99)))


def mails(seed=1):
    """100 of business, then 50 with the word below: (name, text)."""
    rng, out = random.Random(seed), []
    for i in range(100):
        parts = [fill(BODIES[i % len(BODIES)], rng)]
        if i >= len(BODIES):  # a second round: with a neighbour
            parts.append(fill(rng.choice(BODIES), rng))
        out.append(("business %d" % i, "Hi %s,\n\n%s\n\nThanks\n%s\n" % (rng.choice(NAMES), "\n\n".join(parts), rng.choice(NAMES))))
    for i in range(50):
        body = fill(BODIES[(7 * i) % len(BODIES)], rng)
        out.append(("below %d" % i, "Hello,\n\n%s\n\nBest regards,\n%s\n\n%s\n" % (body, rng.choice(NAMES), fill(BELOW[i % len(BELOW)], rng))))
    return out
