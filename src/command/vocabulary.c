/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vocabulary: words by what they say about a name beside them, folded. To teach frontdesk a word, add it to a
 * row. A word may stand in several rows; each row begins and ends with a blank, so that " word " is found.
 */
#include "words.h"

static const struct {
    enum word_class class;
    const char *words;
} rows[] = {
    /* names that are ordinary words, acronyms or things of an IT firm */
    {WORD_EVERYDAY,
     " will mark grace bill rob art sue drew hope faith joy rose pat jack dean guy frank grant miles "
     "gene rich christian ruby dawn cliff daisy harmony chance skip chip max star sky angel van page "
     "rusty sunny royal major case forest jet king lance link patience sage scout spike trace port core "
     "cash kit mercy phoenix rain robin sterling storm "},
    {WORD_EVERYDAY,
     " mac ram dev lan nat cam ira ada sid dot dash ace tab sun son key win long young song hung so do "
     "an my temp support admin service desk root test tech love precious blessing gift prudence charity "
     "honor honour justice liberty unity serenity trinity haven heaven journey river ransom trip rush "
     "ridge echo diamond jewel candy cherry cookie honey sugar brandy sherry alexa cassandra pen bow "
     "rex lane easter reason true even day night sterling swift power price short small sharp good pace "
     "hero atlas apollo oracle "},
    {WORD_MONTH,
     " may april june august july march january february september october november december summer "
     "autumn winter spring fall "},
    {WORD_PLACE,
     " austin charlotte sydney paris london houston dallas savannah georgia virginia carolina brooklyn "
     "orlando denver aspen dakota montana chase ford hilton macy wendy milan vienna geneva india asia "
     "america china phoenix port "},

    {WORD_COMMON,
     " a about access account accounts acrobat ad add adobe after again against agent agreement alarm "
     "alert alerts all also always am an and android any anyone anything ap app apple application apps "
     "april are around as asap ask asked asks at audit august auto autotask autumn available avd away "
     "azure back backup backups bad bag ball band bank bar bark base bcc beat because become been "
     "before begin behind being bell below bend best better between big bill bills bit bitlocker "
     "bitwarden black blank block book boot booting boots both bought box bring broken brother browser "
     "build building built bunk business but button buy by cable cables call calls came camera can "
     "cancel cannot canon cant card cards care cart case cases cc cent ceo cfo change chase chatgpt "
     "check chrome cisco citrix clean client clients clock close closed cloud code cold comcast come "
     "comes company computer computers configure confirm connect connection connectwise contact "
     "contract convert coo copilot copy cost could cover crash crashed create credit crm crowdstrike "
     "cto customer customers damaged dark data date datto day days dc dead deal dear december deep "
     "default defender defrag delay delete deleted deliver dell dent deploy desk desks desktop device "
     "devices dhcp dial did dime disable disabled disconnect disk display dns do dock docks document "
     "documents docusign does domain done dont door double down download draft drive driver drivers "
     "drives drop dropbox drops due duo duplicate during each early edge edit either else email emails "
     "emergency empty enable end ends enrol enroll enter entra entry eod epson equipment erp error "
     "escalate eta eu every everyone excel exchange expire expired expires explain external extra "},
    {WORD_COMMON,
     " failed failing fails failure fall fame fast fax february feed feedback feel few file files fill "
     "final find fine finish firefox firewall first fix flash floor folder folders follow for form "
     "forms fortigate fortinet forward found free freeze friday from front frozen full fw fwd fyi game "
     "gate get gets getting give given gm gmail go goes going gone good google got grab great group "
     "groups guest hack had half hand handover hang hangs happy hard hardware has have headset hear "
     "heat hello help her here hey hi high hire his hold home host hot hour hours house how however hp "
     "hq hr huntress hyper i id idea if image import important in inbox include info inform information "
     "inside install instead intern internal internet into intune inventory investigate invite invoice "
     "invoices ios ip ipad iphone is isp issue issues it item items itglue its january job jobs join "
     "july june just kaseya keep key keyboard keys kick kill know kyocera la label labels lack lake "
     "lame lan land laptop laptops last lastpass late later latest launch leave leaving left lend "
     "lenovo lent less let lets letter level licence license life light like line lines link links "
     "linux list lists little live load loading local location lock locked log logging login logoff "
     "logon logs long look looking looks lost lot low "},
    {WORD_COMMON,
     " mac machine mail main maintenance make manager manual many map mapping maps march mark market "
     "marketing may maybe me meat media meeting member memory mend menu meraki message messages mfa "
     "microphone microsoft might migrate migration milk mill mine minute missing mobile mode modem "
     "monday monitor monitors month monthly more morning most mouse move much must my name names nas "
     "near need needs network networks never new next night nightly nine ninja no nobody none noon not "
     "note notes nothing notice notify november now number ny october of off offboarding offer office "
     "offline often ok okay okta old on onboarding once one onedrive onenote online only open opening "
     "opens option options or order orders organise organize os other others our ours out outage "
     "outages outlook outside over overdue own pack package page pages panel paper park part parts "
     "password passwords past patch patches pause pay pc people per perhaps permission permissions "
     "phone phones photo photos pick picture pilot pin pine ping place places plan plans plant play "
     "please plug pm po poe pop port portal ports pos post power powerpoint pre prepare press price "
     "print printer printers printing prints priority private problem problems process product "
     "production profile program project projects proposal provide provision ps public pull purchase "
     "push put qa quarter quarterly question queue quick quickbooks quickly quit quote quotes race "
     "races rack ransomware rate rdp re reach read ready real rear reboot reboots rebuild receive "
     "received receiving recover refresh refund register reinstall reject release relocate remind "
     "reminder remote removal remove rename renew renewal rent repair repeat replace reply report "
     "reports request require required resend reserve reset resolve respond response restart restore "
     "result retire return returned returns review ricoh ringcentral rma rollout roof room rooms root "
     "rotate route router rule rules run running runs "},
    {WORD_COMMON,
     " safari safe sage sale sales salesforce same samsung sand saturday save saved scan scanner "
     "schedule screen screens script search seat second secure security see seems select sell send "
     "sends sensor sent sentinelone september server servers service services session sessions set "
     "setup several share shared sharepoint she ship shipping shop short should show shows shut side "
     "sign signal signature since single site six size sla slack sleep slow slowly small smart so "
     "software solve some somebody someone something sonicwall soon sophos sort sound space spaces spam "
     "spare special spectrum speed spend split spring sql ssl stack staff standard starlink start "
     "starter station status step stick still stock stone stop stops storage store stores story string "
     "strong stuck subject submit suite summer sunday support surface suspicious swap switch switches "
     "sync system systems tablet take talk tame tank tape task tasks tbd team teams tell temp template "
     "tent terminal terms test testing text than thank thanks that the their them then there these they "
     "thing things think third this those through thursday ticket tickets till time times title to "
     "today todo token tomorrow toner tonight too tool tools top touch trace track train training "
     "transfer transport trial trouble troubleshoot truck try trying tuesday turn tv two type ubiquiti "
     "ubuntu uk unable unblock under undo unifi unit unlock until up update updates upgrade upload upon "
     "ups urgent url us usb use used user users uses using valid veeam vendor vendors verify verizon "
     "version very via video view virtual virus visit vm vmware voice voicemail voip volume vpn wait "
     "wake walk wall want wants warning warranty was watch way ways we weak web webex website wednesday "
     "week weekend weekly welcome well went were what when whenever where which while white who whole "
     "why wide width wifi will window windows wine winter wipe wire wireless wiring wish with within "
     "without word words work worker working works workstation world would write written wrong x xero "
     "xerox yard year years yes yesterday yet you your zebra zero zone zoom "},

    /* given names besides those of called[]: whoever is called so is a person */
    {WORD_GIVEN,
     " anna emma olivia sophia mia emily mary maria laura julia sarah sara lisa linda karen nancy carla "
     "diane donna sandra sharon helen ruth paula theresa teresa julie amy melissa angela rachel heather "
     "amber tina monica erin lauren megan hannah jane alice claire eva ella lucy leah naomi nina ines "
     "petra ingrid anja jose juan carlos luis jorge miguel pedro paul peter kevin brian jason jeff "
     "jeffrey eric erik george gary ryan jacob larry scott justin brandon adam henry carl arthur roger "
     "keith jeremy sean ethan noah jimmy bruce bryan craig derek dylan evan felix hugo ian ivan jesse "
     "joel kyle leo liam marcus mario neil oscar otto ralph raymond ricardo roberto sergio shawn stefan "
     "todd troy tyler wayne ahmed ali mohammed muhammad omar hassan fatima aisha priya raj ravi anil "
     "sanjay wei "},

    /* a capital after these is a name: "ask Will", "when is Grace back" */
    {WORD_LEAD,
     " ask asks asked asking tell tells told let lets have get make remind inform notify contact call "
     "ping help is was are did does do can could should would has had when if whether that think thinks "
     "thought say says said because while until before after like than where why how hi hey hello dear "
     "thanks thank thx cheers invite onboard introduce meet train assist reach cc bcc attn fao "
     "attention assign assigned reassign name named "},
    {WORD_PREP,
     " for to with from by about of via give show near behind beside without between versus and or "},
    {WORD_AFTER,
     " at in on for to about and or please asap by with from is was are can could will would has had did "
     "does may might should today tomorrow tonight yesterday now soon again before after until since "
     "because so if when while who whose that then instead this next last the a an his her not also as "
     "but need needs says said wants called asked re regarding monday tuesday wednesday thursday friday "
     "saturday sunday there here back "},
    {WORD_WHEN,
     " for in of by until till since next last this from to end on before after during mid early late "
     "every each between through over and the "},
    {WORD_PERIODIC,
     " invoice invoices bill bills billing report reports timesheet timesheets statement statements "
     "payroll expenses expense hours usage close closing month monthly renewal renewals newsletter "
     "maintenance patching patch patches updates audit review reviews backup backups schedule calendar "
     "budget forecast revenue sales tax taxes vat commission commissions payments payment agreements "
     "reconcile reconciliation books metrics kpi numbers figures totals holiday holidays vacation rota "
     "roster "},
    {WORD_ARTICLE,
     " the a an this these those each every no any some another per my your our his its their her which "
     "one two three first second last next same new old more much many "},
    /* no first name, whatever Autotask says: "Temp Nine" */
    {WORD_ROLE,
     " temp temporary support admin administrator service desk helpdesk root test tech intern user "
     "office sales billing info guest contractor dispatch dispatcher unassigned "},
    {WORD_ACRONYM, " ram nat lan pat ira ada sid mac dev cam pam sam "},
    {WORD_PREDICATE,
     " is was has cannot cant can't won't wont needs wants said says called calls isn't hasn't didn't "
     "gets got reports lost forgot locked unable having getting keeps left leaves starts started "},
    {WORD_HONORIFIC,
     " mr mrs ms miss mister mx dr doctor prof professor sir madam st saint rev reverend father sister "
     "brother captain judge officer herr frau monsieur madame mme mlle senor senora "},
    {WORD_ORGANISATION,
     " bank church hotel hospital school academy college university clinic chapel cathedral street st "
     "avenue ave road rd boulevard blvd lane court inc incorporated llc llp ltd limited gmbh corp "
     "corporation co plc sa bv foundation farm farms mall tower plaza dental dentistry realty bakery "
     "kitchen grill diner salon cafe restaurant pizza garage motors auto construction consulting "
     "insurance associates industries enterprises holdings partners properties logistics pharmacy "
     "museum theatre theater institute period department supplies card cards payment payments hill "
     "valley county city beach island bay bridge parish ministries elementary library sons brothers "
     "office branch site location warehouse plant campus datacenter "},
    {WORD_ORDER,
     " fix call reset check look go set install update please can could needs need order replace restart "
     "reboot create add remove print help move ask send see pick drop bring get give take make talk "
     "show find tell email text schedule clean ship swap test verify visit wipe upgrade confirm "
     "configure follow handle investigate review has is was to "},
    {WORD_REFUSAL, " except but not without unless minus than isn't isnt "},
    {WORD_OPENER,
     " for to attn attention hi hey hello dear assign assigned assignee please fao tech technician "
     "morning afternoon evening good task todo ticket "},
    {WORD_GREETING, " attn attention hi hey hello dear fao morning afternoon evening assignee technician "},
    {WORD_SIGN_OFF, " thanks thank thx regards rgds br cheers danke merci gracias best sincerely you ta "},
};

/* What one person may be called; suggested, never assigned. */
static const char *const called[] = {
    " robert rob bob bobby robbie bert ",
    " william will bill billy willy willie liam ",
    " richard rich rick ricky dick richie ",
    " james jim jimmy jamie ",
    " john johnny jack ",
    " jonathan jon jonny johnny nathan ",
    " michael mike mick mickey mikey ",
    " thomas tom tommy ",
    " charles charlie chuck chas ",
    " joseph joe joey ",
    " daniel dan danny ",
    " david dave davey ",
    " edward ed eddie ted teddy ned ",
    " edmund ed eddie ",
    " anthony tony ",
    " andrew andy drew ",
    " alexander alex al sandy xander sasha ",
    " alexandra alex sandra lexi sasha ",
    " benjamin ben benny benji ",
    " christopher chris topher kit ",
    " christina christine chris chrissy tina kris ",
    " kristina kristin kris tina ",
    " elizabeth liz beth lizzie lizzy eliza betty betsy libby bess elsie lisa ",
    " katherine catherine kathryn katharine kate kathy cathy katie kat kitty ",
    " margaret maggie meg peggy peg marge greta rita ",
    " jennifer jen jenny jenn ",
    " jessica jess jessie ",
    " rebecca becca becky bex ",
    " deborah debra deb debbie ",
    " patricia pat patty tricia trish ",
    " patrick pat paddy rick ",
    " susan sue suzy susie ",
    " suzanne sue suzy susie ",
    " samuel sam sammy ",
    " samantha sam sammy ",
    " matthew matt matty ",
    " nicholas nick nicky nico ",
    " nicole nicky nikki ",
    " gregory greg ",
    " stephen steven steve stevie ",
    " stephanie steph ",
    " timothy tim timmy ",
    " theodore ted teddy theo ",
    " vincent vince vinny vin ",
    " victor vic ",
    " victoria vicky tori vic ",
    " walter walt wally ",
    " zachary zach zack ",
    " raymond ray ",
    " ronald ron ronnie ",
    " donald don donnie ",
    " douglas doug ",
    " frederick fred freddie rick ",
    " francis frank fran ",
    " franklin frank ",
    " frances fran frankie ",
    " gerald gerry jerry ",
    " geoffrey jeffrey geoff jeff ",
    " harold harry hal ",
    " henry harry hank hal ",
    " jacob jake ",
    " joshua josh ",
    " kenneth ken kenny ",
    " lawrence laurence larry laurie ",
    " leonard leo len lenny ",
    " louis lou louie ",
    " louise lou ",
    " maximilian max ",
    " nathaniel nathan nate nat ",
    " peter pete ",
    " philip phillip phil ",
    " russell russ ",
    " terence terrence terry ",
    " barbara barb barbie ",
    " cynthia cindy ",
    " dorothy dot dottie dory ",
    " eleanor ellie nora nell ",
    " isabella isabel bella izzy ",
    " jacqueline jackie ",
    " judith judy ",
    " kimberly kim ",
    " madeline maddie ",
    " melanie mel ",
    " pamela pam ",
    " penelope penny ",
    " sandra sandy ",
    " theresa teresa terry tess ",
    " valerie val ",
    " veronica ronnie vera ",
    " virginia ginny ginger ",
    " abigail abby gail ",
    " amanda mandy ",
    " eugene gene ",
    " arthur art artie ",
    " bradley brad ",
    " cameron cam ",
    " gabriel gabe ",
    " herbert herb bert ",
    " albert al bert ",
    " mohammed muhammad mo ",
    " natalie nat ",
    " oliver ollie ",
    " olivia liv livvy ",
    " sebastian seb bastian ",
    " wilhelm will willi ",
    " guillermo memo ",
    " francisco paco pancho ",
    " jose pepe ",
    " ignacio nacho ",
    " alejandro alex ale ",
    " ekaterina katya ",
    " dmitri dima ",
    " aleksandr sasha ",
};

static bool in_row(const char *row, struct slice word)
{
    char needle[40];
    if (word.len == 0 || word.len + 3 > sizeof(needle) || memchr(word.ptr, ' ', word.len))
        return false;
    needle[0] = ' ';
    memcpy(needle + 1, word.ptr, word.len);
    needle[word.len + 1] = ' ';
    needle[word.len + 2] = '\0';
    return strstr(row, needle) != NULL;
}

static bool a_short_form(struct slice word)
{
    for (size_t i = 0; i < ARRAY_LEN(called); i++) {
        if (in_row(called[i], word))
            return true;
    }
    return false;
}

bool slice_is(struct slice folded, enum word_class c)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].class == c && in_row(rows[i].words, folded))
            return true;
    }
    switch (c) {
    case WORD_GIVEN:
        return a_short_form(folded);
    case WORD_EVERYDAY:
        return slice_is(folded, WORD_MONTH) || slice_is(folded, WORD_PLACE);
    default:
        return false;
    }
}

bool word_is(const struct word *w, enum word_class c)
{
    return slice_is(w->folded, c);
}

void vocabulary_short_forms(struct short_forms *out, struct slice name)
{
    out->n = 0;
    for (size_t i = 0; i < ARRAY_LEN(called) && out->n < ARRAY_LEN(out->row); i++) {
        if (in_row(called[i], name))
            out->row[out->n++] = called[i];
    }
}

bool vocabulary_is_short_form(const struct short_forms *of, struct slice name)
{
    for (size_t i = 0; i < of->n; i++) {
        if (in_row(of->row[i], name))
            return true;
    }
    return false;
}
